import NIOCore
package import Signaling

/// The client's side of a room on a STOMP 1.2 broker; the DocC article "STOMP" has the mapping.
///
/// A member draws its own id. It is welcome with CONNECTED, and has joined with the receipts of its subscriptions.
package struct STOMPDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: connecting.
        case closed
        /// CONNECT is out, and CONNECTED owed until then. Next: welcomed, closed.
        case connecting(deadline: Instant)
        /// Connected, in no room. Next: joining, closed.
        case welcomed
        /// SUBSCRIBE is out, and so many receipts are owed until then. Next: joined, welcomed, joining, closed.
        case joining(deadline: Instant, owed: Int)
        /// A member. Next: welcomed, joining, closed.
        case joined
    }

    /// What is subscribed to.
    struct Subscription: Sendable {
        var id: UInt64
        var destination: [UInt8]
    }

    let settings: STOMPSettings
    let member: [UInt8]
    var state = State.closed
    var room: [UInt8] = []
    /// How a SEND to the room begins, up to the length of its body.
    var sendHead: [UInt8] = []
    var subscriptions: [Subscription] = []
    /// Counts subscriptions; never reused, so that a late receipt is known for what it is.
    var number: UInt64 = 0
    /// The broker's name for itself, and the heart-beat that was agreed on.
    private var server = ""
    private var beat: (send: Int64, hear: Int64) = (0, 0)
    var sentAt = Instant(nanoseconds: 0)
    var heardAt = Instant(nanoseconds: 0)

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try STOMPSettings(settings)
        let digits = String(ticket.seed, radix: 16)
        self.member = Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .connecting(deadline: now + self.settings.patience)
        self.subscriptions = []
        self.beat = (0, 0)
        self.heardAt = now
        var text = "CONNECT\naccept-version:1.2\nhost:\(self.settings.host)\n"
        if let user = self.settings.user { text += "login:\(user)\n" }
        if let password = self.settings.password { text += "passcode:\(password)\n" }
        let wish = self.settings.heartBeatMilliseconds
        self.say(text + "heart-beat:\(wish),\(wish)\n\n\0", at: now, into: &out)
    }

    package var announced: [Announcement] {
        var all: [Announcement] = []
        if !self.server.isEmpty { all.append(Announcement(name: "server", value: self.server)) }
        if self.beat.send > 0 || self.beat.hear > 0 {
            all.append(
                Announcement(
                    name: "heart-beat",
                    value: "\(self.beat.send / 1_000_000) ms sent, \(self.beat.hear / 1_000_000) ms expected"))
        }
        return all
    }

    // MARK: Deadlines

    package var deadline: Instant? {
        var first: Instant?
        switch self.state {
        case .closed: return nil
        case .connecting(let deadline), .joining(let deadline, _): first = deadline
        case .welcomed, .joined: break
        }
        if self.beat.send > 0 { first = min(first ?? .distantFuture, self.sentAt + self.beat.send) }
        if self.beat.hear > 0 { first = min(first ?? .distantFuture, self.silence) }
        return first
    }

    /// When the broker was silent for too long; twice what it promised, as the specification allows for delays.
    private var silence: Instant { self.heardAt + 2 * self.beat.hear }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        switch self.state {
        case .connecting(let deadline) where deadline <= now:
            throw DialectError(code: .timeout, message: "the broker did not say CONNECTED in time")
        case .joining(let deadline, _) where deadline <= now:
            throw DialectError(code: .timeout, message: "the broker did not send the receipt of SUBSCRIBE in time")
        default: break
        }
        if self.beat.hear > 0, self.silence <= now {
            throw DialectError(code: .timeout, message: "the broker missed two heart-beats")
        }
        if self.beat.send > 0, self.sentAt + self.beat.send <= now { self.say("\n", at: now, into: &out) }
        return nil
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        return false
    }

    /// Takes what CONNECTED says.
    ///
    /// - Throws: ``DialectError`` for a version that was not asked for.
    mutating func connected(_ frame: STOMPFrame, _ bytes: ByteBuffer) throws(DialectError) {
        func text(_ name: String) -> String {
            String(decoding: frame.header(name, in: bytes) ?? [], as: UTF8.self)
        }
        guard text("version") == "1.2" else {
            throw DialectError(
                code: .unexpected,
                message: "the broker speaks STOMP '\(text("version"))', and 1.2 was asked for")
        }
        self.server = text("server")
        let sides = text("heart-beat").split(separator: ",").map { Int64($0) ?? 0 }
        guard sides.count == 2, self.settings.heartBeat > 0 else { return }
        let most: Int64 = 86_400_000
        func agreed(_ theirs: Int64) -> Int64 {
            theirs <= 0 ? 0 : max(self.settings.heartBeat, min(theirs, most) * 1_000_000)
        }
        self.beat = (send: agreed(sides[1]), hear: agreed(sides[0]))
    }
}
