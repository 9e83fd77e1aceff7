import Backends
import NIOCore
import Signaling

/// The one place that names the concrete dialects: exactly one of the fields is set.
///
/// Generic code over dialects of another module is not specialised (115 to 120 ns a frame against 5 ns, measured), and an
/// enum's payload cannot be mutated in place without copying it out, so a field each stands here. A further backend is a
/// further field.
struct BackendSwitch {
    private var relay: RelayDialect?

    /// - Throws: ``BackendError`` when the settings do not fit the backend.
    init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError) {
        self.relay = try RelayDialect(settings, ticket: ticket)
    }

    mutating func opened(now: Instant, into out: inout Outbox) {
        self.relay?.opened(now: now, into: &out)
    }

    @inline(__always)
    mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        try self.relay?.next(&bytes, now: now, into: &out)
    }

    mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        self.relay?.encode(command, now: now, into: &out) ?? .refused
    }

    /// Where the last signal's body lies when it had to be unescaped.
    var scratch: ByteBuffer { self.relay?.scratch ?? ByteBuffer() }

    var deadline: Instant? { self.relay?.deadline }

    mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound? {
        try self.relay?.expired(now: now, into: &out)
    }

    mutating func closed(_ why: CloseReason) -> Resumption { self.relay?.closed(why) ?? .fresh }
}
