import NIOCore
import Signaling

/// A client's session with an MQTT server, as a value: bytes and wishes in, events and bytes out.
///
/// It outlives connections: what is unacknowledged and what was received at QoS 2 is its state ([MQTT-4.1.0-1]), kept
/// when the server says that it has kept its own, else discarded ([MQTT-3.2.2-5]).
struct MQTTSession: Sendable {
    enum State: Equatable, Sendable {
        /// No carrier. Next: connecting.
        case closed
        /// CONNECT is out and CONNACK owed until then ([MQTT-3.2.0-1]). Next: connected, refused, closed.
        case connecting(deadline: Instant)
        /// Next: leaving, refused, closed.
        case connected
        /// The server said no more ([MQTT-3.2.2-7], [MQTT-4.13.2-1]). Next: closed.
        case refused
        /// DISCONNECT is out; the server closes, else we do then ([MQTT-3.14.4-1]). Next: closed.
        case leaving(deadline: Instant)
    }

    /// A SUBSCRIBE or UNSUBSCRIBE that waits for its answer.
    struct Asked: Sendable {
        var packetID: UInt16
        var filters: Int
        var isSubscribe: Bool
        var deadline: Instant
    }

    let options: MQTTSessionOptions
    let codec: MQTTCodec
    var state = State.closed
    /// The client identifier in force; empty until a server has assigned one.
    var clientID: [UInt8]
    /// Whether a server may have state of ours.
    var hasState = false
    /// The flag that the last CONNECT bore.
    var sentCleanStart = true

    // What the server allows, by its CONNACK.
    var window: Int
    var maxQoS = MQTTQoS.exactlyOnce
    var isRetainAvailable = true
    var areWildcardsAvailable = true
    var maxSentPacket = MQTTFrame.maxPacket
    /// Nanoseconds; 0 for none.
    var keepAlive: Int64 = 0

    var lastSent = Instant(nanoseconds: 0)
    /// When PINGRESP is overdue; nil when none is owed.
    var pingDeadline: Instant?
    var asked: [Asked] = []
    /// The answer to the last SUBSCRIBE, a reason for each filter.
    var granted: [MQTTReason] = []
    /// The server's own words about the last refusal or end.
    var reasonText = ""

    /// On their way, in the order sent.
    var inFlight = MQTTWindow()
    /// Waiting for room in the window.
    var queue = CircularBuffer<MQTTOutgoing>()
    /// Packet identifiers that messages bear which wait to be sent again.
    var parked: Set<UInt16> = []
    var heldBytes = 0
    var lastPacketID: UInt16 = 0
    /// Identifiers of QoS 2 messages that were handed on and not released yet ([MQTT-4.3.3-10]).
    var received: Set<UInt16> = []
    /// Topics by alias, of this connection only ([MQTT-3.3.2-7]).
    var aliases: [UInt16: [UInt8]] = [:]
    /// Topics that messages usually come by; compared first.
    var first: [UInt8] = []
    var second: [UInt8] = []

    init(_ options: MQTTSessionOptions) {
        self.options = options
        self.codec = MQTTCodec(options.version, receiver: .client, maxPacket: options.maxPacket)
        self.clientID = options.clientID
        self.window = options.window
    }

    var isConnected: Bool { self.state == .connected }

    /// The carrier is open: says CONNECT, which comes first ([MQTT-3.1.0-1]).
    mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .connecting(deadline: now + self.options.patience)
        self.pingDeadline = nil
        self.asked = []
        self.aliases = [:]
        var connect = MQTTConnect()
        connect.clientID = self.clientID
        switch self.options.version {
        case .v311: connect.cleanStart = self.options.sessionExpiry == 0
        case .v5: connect.cleanStart = self.hasState ? self.options.sessionExpiry == 0 : self.options.cleanStart
        }
        self.sentCleanStart = connect.cleanStart
        connect.keepAlive = self.options.keepAlive
        connect.will = self.options.will
        connect.userName = self.options.userName
        connect.password = self.options.password
        if self.options.sessionExpiry > 0 {
            connect.properties.append(.sessionExpiryInterval, self.options.sessionExpiry)
        }
        if self.options.receiveMaximum < .max {
            connect.properties.append(.receiveMaximum, UInt32(self.options.receiveMaximum))
        }
        connect.properties.append(.maximumPacketSize, UInt32(self.options.maxPacket))
        if self.options.topicAliasMaximum > 0 {
            connect.properties.append(.topicAliasMaximum, UInt32(self.options.topicAliasMaximum))
        }
        for property in self.options.userProperties {
            connect.properties.append(.userProperty, property.name, property.value)
        }
        self.write(.connect(connect), now: now, into: &out)
    }

    /// The carrier is closed.
    ///
    /// - Returns: whether the next connection may find the session as it was.
    mutating func closed() -> Bool {
        self.state = .closed
        self.pingDeadline = nil
        self.asked = []
        return self.hasState && self.options.sessionExpiry > 0
    }

    /// Says goodbye with the reason 0x00, so that no will is published ([MQTT-3.14.4-3]).
    ///
    /// The server then closes the connection; were we to close it at once with unread messages, the reset could overtake
    /// the DISCONNECT.
    mutating func disconnect(now: Instant, into out: inout Outbox) {
        guard case .connected = self.state else { return }
        self.write(.disconnect(MQTTNotice()), now: now, into: &out)
        self.state = .leaving(deadline: now + Self.lingering)
    }

    /// Tells a 5.0 server what it did wrong, before the connection is closed (5.0 §4.13.1).
    mutating func abort(_ reason: MQTTReason, now: Instant, into out: inout Outbox) {
        guard case .connected = self.state, self.options.version == .v5 else { return }
        // A client may say only some of the reasons.
        let said = reason.isAllowed(in: .disconnect, for: .server, .v5) ? reason : .protocolError
        self.write(.disconnect(MQTTNotice(reason: said)), now: now, into: &out)
        self.state = .refused
    }

    /// Nanoseconds between our DISCONNECT and our closing of a connection that the server leaves open.
    private static let lingering: Int64 = 500_000_000

    mutating func write(_ packet: MQTTPacket, now: Instant, into out: inout Outbox) {
        let bytes = self.codec.encode(packet)
        self.lastSent = now
        out.bytes(bytes.readableBytes) { _ = $0.writeImmutableBuffer(bytes) }
    }
}
