package import NIOCore
package import Signaling

/// The client's side of a room on an MQTT broker, for `mqtt` and `mqtt5`.
///
/// A member's id is its client identifier, which it draws itself; it is therefore welcome as soon as the carrier is open.
/// CONNECT goes out with the join, because the will that it bears names the room's topic. The DocC article "MQTT layouts"
/// specifies topics and payloads.
package struct MQTTDialect: Dialect {
    /// Where the membership stands; the connection's own state is the session's.
    enum State: Equatable, Sendable {
        /// No carrier. Next: opened.
        case closed
        /// The carrier is open, and the welcome is due. Next: welcomed, closed.
        case opened(at: Instant)
        /// Named; CONNECT waits for the room. Next: connecting, closed.
        case welcomed
        /// CONNECT is out. Next: subscribing, closed.
        case connecting
        /// SUBSCRIBE is out. Next: joined, left, closed.
        case subscribing(packetID: UInt16)
        /// A member. Next: left, closed.
        case joined
        /// Connected, in no room. Next: subscribing, closed.
        case left
    }

    let settings: MQTTSettings
    /// The client identifier.
    let member: [UInt8]
    var state = State.closed
    var room: [UInt8] = []
    var topics: MQTTTopics?
    var session: MQTTSession?
    /// Holds a signal that came as a JSON string.
    package var scratch = ByteBuffer()
    /// Numbers the requests of Milkcocoa's layout.
    var requests: UInt64 = 0

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try MQTTSettings(settings)
        let id = ticket.values["id"] ?? self.settings.clientID ?? Self.drawnIdentifier()
        self.member = Array(id.utf8)
    }

    /// 22 characters of digits and letters, which every server takes ([MQTT-3.1.3-5]).
    private static func drawnIdentifier() -> String {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        return "sb" + String(decoding: (0..<20).map { _ in digits[Int.random(in: 0..<36)] }, as: UTF8.self)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) { self.state = .opened(at: now) }

    package var deadline: Instant? {
        if case .opened(let at) = self.state { return at }
        return self.session?.deadline
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        if case .opened = self.state {
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        }
        try self.session?.expired(now: now, into: &out)
        return nil
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return self.session?.closed() ?? false
    }
}
