import NIOCore
import Signaling

/// The client's end of an Engine.IO connection whose packets travel by WebSocket, as a value.
///
/// Revision 4 lets the server ping and the client answer; in revision 3 the client pings. A server that is silent for
/// longer than its handshake allows is given up.
/// Source: https://github.com/socketio/engine.io-protocol, section "Heartbeat".
struct EngineIOClient: Sendable {
    /// What one packet was.
    enum Event: Equatable, Sendable {
        /// The handshake is done.
        case opened
        /// Indices of a message's content, without the type digit.
        case message(Range<Int>)
        /// A heartbeat, or nothing at all.
        case control
        /// The server ends the connection.
        case closed
    }

    let version: EngineIOPlan.Version
    private(set) var handshake: EngineIOHandshake?
    /// When the server is given up.
    private var silentAt = Instant.distantFuture
    /// When a client of revision 3 pings.
    private var pingAt = Instant.distantFuture

    init(_ version: EngineIOPlan.Version) { self.version = version }

    /// What the handshake said.
    var announced: [Announcement] {
        guard let handshake else { return [] }
        let limits = [("pingInterval", "\(handshake.pingInterval) ms"), ("pingTimeout", "\(handshake.pingTimeout) ms")]
        let payload = handshake.maxPayload.map { [("maxPayload", "\($0) bytes")] } ?? []
        return (limits + payload).map { Announcement(name: $0.0, value: $0.1) }
    }

    /// The carrier is open again: a new handshake is to come.
    mutating func opened() { self = EngineIOClient(self.version) }

    /// Takes the packet that a buffer holds; consumes nothing.
    ///
    /// - Throws: ``DialectError`` for what is no packet, or not now.
    @inline(__always)
    mutating func take(_ bytes: ByteBuffer, now: Instant, into out: inout Outbox) throws(DialectError) -> Event {
        guard bytes.readableBytes > 0, let handshake else { return try self.greeting(bytes, now: now) }
        self.silentAt = now + (handshake.pingInterval + handshake.pingTimeout) * 1_000_000
        let first = bytes.readableBytesSpan.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        if first == EngineIOPacketType.message.rawValue {
            return .message(bytes.readerIndex + 1..<bytes.writerIndex)
        }
        return try self.control(first, bytes, now: now, into: &out)
    }

    @inline(never)
    private mutating func greeting(_ bytes: ByteBuffer, now: Instant) throws(DialectError) -> Event {
        guard bytes.readableBytes > 0 else {
            throw DialectError(code: .malformed, message: "the server sent an empty packet")
        }
        guard bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == EngineIOPacketType.open.rawValue else {
            throw DialectError(code: .unexpected, message: "the server sent a packet before it opened")
        }
        do throws(EngineIOError) {
            let handshake = try EngineIOHandshake(packet: bytes)
            self.handshake = handshake
            self.silentAt = now + (handshake.pingInterval + handshake.pingTimeout) * 1_000_000
            if self.version == .v3 { self.pingAt = now + handshake.pingInterval * 1_000_000 }
            return .opened
        } catch {
            throw DialectError(code: .malformed, message: "the server sent \(error.description)")
        }
    }

    @inline(never)
    private mutating func control(
        _ first: UInt8, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Event {
        guard let type = EngineIOPacketType(rawValue: first) else {
            throw DialectError(code: .malformed, message: "the server sent a packet of no known type")
        }
        switch type {
        case .ping:
            // What stands behind the digit comes back.
            let length = bytes.readableBytes
            guard length <= 125 else {
                throw DialectError(code: .malformed, message: "the server sent a ping of \(length) bytes")
            }
            out.frame(.text, length: length) { frame in
                frame.writeInteger(EngineIOPacketType.pong.rawValue)
                frame.writeBytes(bytes.readableBytesView.dropFirst())
            }
            return .control
        case .close: return .closed
        case .pong, .noop: return .control
        case .open: throw DialectError(code: .unexpected, message: "the server opened twice")
        case .upgrade, .message: throw DialectError(code: .unexpected, message: "the server sent an upgrade packet")
        }
    }

    /// When ``expired(now:into:)`` wants to be called.
    var deadline: Instant? {
        let earliest = min(self.silentAt, self.pingAt)
        return earliest == .distantFuture ? nil : earliest
    }

    /// Pings when it is time to.
    ///
    /// - Throws: ``DialectError`` when the server was silent for too long.
    mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) {
        guard now < self.silentAt else {
            throw DialectError(code: .timeout, message: "the server owes a heartbeat")
        }
        guard now >= self.pingAt, let handshake else { return }
        self.pingAt = now + handshake.pingInterval * 1_000_000
        out.text("2")
    }
}
