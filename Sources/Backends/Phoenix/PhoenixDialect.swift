import NIOCore
package import Signaling

/// The client's side of a Phoenix channel as a room, for `phoenix`, in the shape of Supabase Realtime as well.
///
/// A member's id is a name that it draws itself. It is welcome once its first heartbeat is answered, and has joined once its
/// `phx_join` is. The DocC article "Phoenix channels" specifies the messages.
package struct PhoenixDialect: Dialect {
    /// Where the session stands.
    enum State: Equatable, Sendable {
        /// No carrier. Next: welcoming.
        case closed
        /// The first heartbeat is out. Next: welcomed, closed.
        case welcoming(deadline: Instant)
        /// Named, in no room. Next: joining, closed.
        case welcomed
        /// `phx_join` is out. Next: joined, welcomed, closed.
        case joining(deadline: Instant)
        /// A member. Next: welcomed, joining, closed.
        case joined
    }

    let settings: PhoenixSettings
    /// The member's name.
    let member: [UInt8]
    var state = State.closed
    var topic: [UInt8] = []
    /// Numbers what is said.
    var ref: UInt64 = 0
    /// The number of the last `phx_join`, which all of its room bears.
    var joinRef: UInt64 = 0
    /// The number of a heartbeat that is not answered.
    var beating: UInt64?
    var beatAt: Instant?
    /// Sends that wait for a reply, by their numbers.
    var asked: [UInt64: UInt64] = [:]
    /// What stood around the last signal: the next is expected to come alike.
    var around: (before: [UInt8], behind: [UInt8]) = ([], [])
    /// Who came and went by one message, and was not told yet.
    var notices = CircularBuffer<Inbound>()

    package init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.settings = try PhoenixSettings(settings)
        self.member = Array((ticket.values["id"] ?? ticket.drawnIdentifier).utf8)
    }

    package mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .welcoming(deadline: now + self.settings.patience)
        self.asked = [:]
        self.beat(now: now, into: &out)
    }

    package var deadline: Instant? {
        switch self.state {
        case .closed: nil
        case .welcoming(let deadline): deadline
        case .joining(let deadline): min(deadline, self.beatAt ?? deadline)
        case .welcomed, .joined: self.beatAt
        }
    }

    package mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        switch self.state {
        case .closed: return nil
        case .welcoming(let deadline):
            guard deadline <= now else { return nil }
            throw DialectError(code: .timeout, message: "the Phoenix server did not answer the first heartbeat in time")
        case .joining(let deadline) where deadline <= now:
            throw DialectError(code: .timeout, message: "the Phoenix server did not answer phx_join in time")
        case .joining, .welcomed, .joined:
            guard let beatAt, beatAt <= now else { return nil }
            guard self.beating == nil else {
                throw DialectError(code: .timeout, message: "the Phoenix server did not answer a heartbeat in time")
            }
            self.beat(now: now, into: &out)
            return nil
        }
    }

    package mutating func closed(_ why: CloseReason) -> Bool {
        self.state = .closed
        self.notices.removeAll()
        return false
    }

    // MARK: Out

    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        case (_, .closed), (.join, .welcoming), (.leave, .welcoming), (.send, .welcoming), (.leave, .welcomed),
            (.send, .welcomed):
            return .refused
        case (.join(let room), _):
            if self.state != .welcomed { self.say("phx_leave", into: &out) }
            self.topic = self.settings.topicPrefix + Array(room.utf8)
            self.around = ([], [])
            self.joinRef = self.ref + 1
            self.say("phx_join", self.settings.joining(self.member), into: &out)
            self.state = .joining(deadline: now + self.settings.patience)
        case (.leave, _):
            self.say("phx_leave", into: &out)
            self.state = .welcomed
        case (.send(let signal, _, let id), _):
            // The server works a topic's messages off in order, so that a signal may follow the join at once.
            self.send(signal, id, into: &out)
        case (.close, _): out.closeFrame(code: 1000)
        }
        return .written
    }

    private mutating func send(_ signal: ByteBuffer, _ id: UInt64, into out: inout Outbox) {
        self.ref += 1
        if self.settings.ack { self.asked[self.ref] = id }
        let frame = self.settings.frame(
            topic: self.topic, event: self.settings.carrying, ref: self.ref, joinRef: self.joinRef)
        let around = self.settings.around
        let parts = [frame.before, around.before, around.behind, frame.behind]
        out.frame(.text, length: parts.reduce(signal.readableBytes) { $0 + $1.count }) { wire in
            wire.writeBytes(parts[0])
            wire.writeBytes(parts[1])
            wire.writeImmutableBuffer(signal)
            wire.writeBytes(parts[2])
            wire.writeBytes(parts[3])
        }
    }

    /// Says something of the room.
    private mutating func say(_ event: String, _ payload: [UInt8] = Array("{}".utf8), into out: inout Outbox) {
        self.ref += 1
        let frame = self.settings.frame(
            topic: self.topic, event: Array(event.utf8), ref: self.ref, joinRef: self.joinRef)
        out.text(frame.before + payload + frame.behind)
    }

    private mutating func beat(now: Instant, into out: inout Outbox) {
        self.ref += 1
        self.beating = self.ref
        self.beatAt = now + self.settings.heartbeat
        let frame = self.settings.frame(
            topic: Array("phoenix".utf8), event: Array("heartbeat".utf8), ref: self.ref, joinRef: nil)
        out.text(frame.before + Array("{}".utf8) + frame.behind)
    }

    /// Asks Supabase to show this member to the others.
    mutating func showPresence(into out: inout Outbox) {
        guard self.settings.presence, self.settings.shape == .supabase else { return }
        self.say("presence", Array(#"{"type":"presence","event":"track","payload":{}}"#.utf8), into: &out)
    }
}
