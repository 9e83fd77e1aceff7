import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

/// A dialect without a network: bytes in, events as text and bytes out.
///
/// Events that hold places in a buffer are written with what is there, so that they compare alike wherever it lies.
struct DialectTrace<D: Dialect> {
    static var now: Instant { Instant(nanoseconds: 1_000_000_000) }

    var dialect: D
    var out: Outbox
    private var received = ReceiveBuffer()
    private let isStream: Bool

    /// A member with the id `me` whose carrier has just opened.
    init(_ settings: BackendSettings) throws {
        let framing = try D.carrier(settings).framing
        self.isStream = framing == .bytes || framing == .webSocketStream
        self.dialect = try D(settings, ticket: Ticket(values: ["id": "me"]))
        self.out = Outbox(seed: 1, framing: .bytes)
        self.dialect.opened(now: Self.now, into: &self.out)
    }

    /// Feeds bytes as they come; on a carrier of messages they are one.
    mutating func receive(_ chunk: some Sequence<UInt8>) throws -> [String] {
        // Bytes before them that were read show whether places are the buffer's own.
        var incoming = ByteBuffer(bytes: Array("###".utf8) + Array(chunk))
        incoming.moveReaderIndex(forwardBy: 3)
        var bytes = self.received.joined(with: incoming)
        var events: [String] = []
        while let event = try self.dialect.next(&bytes, now: Self.now, into: &self.out) {
            events.append(self.text(event, bytes))
        }
        if self.isStream { self.received.keep(bytes) } else { #expect(bytes.readableBytes == 0) }
        return events
    }

    mutating func receive(_ text: String) throws -> [String] { try self.receive(text.utf8) }

    /// Gives a command.
    mutating func encode(_ command: Command) -> Submission {
        self.dialect.encode(command, now: Self.now, into: &self.out)
    }

    mutating func send(_ signal: String, to target: Target = .room) -> Submission {
        self.encode(.send(signal: ByteBuffer(string: signal), to: target, id: 7))
    }

    /// What was said since the last time; a WebSocket's frames stand as their bytes.
    mutating func said() -> String { String(decoding: self.out.takeBytes(), as: UTF8.self) }

    private func text(_ event: Inbound, _ bytes: ByteBuffer) -> String {
        switch event {
        case .signal(let head, let body):
            var source = head.bodyIsInScratch ? self.dialect.scratch : bytes
            source.moveReaderIndex(to: body.lowerBound)
            return "signal " + (source.readString(length: body.count) ?? "?")
        case .overheard(let head): return "overheard \(head.verdict)"
        case .welcomed(let id): return "welcomed \(id)"
        case .joined: return "joined"
        case .peerJoined(let id): return "came \(id)"
        case .peerLeft(let id): return "went \(id)"
        case .refused(let refusal): return "refused \(refusal.subject) \(refusal.code): \(refusal.message)"
        case .sent(let id): return "sent \(id)"
        case .acked(let id): return "acked \(id)"
        case .resumed: return "resumed"
        case .control: return "control"
        case .closed(let why): return "closed \(why)"
        }
    }
}

extension DialectTrace {
    /// Feeds a good stream with some bytes changed, cut anywhere, a thousand times.
    ///
    /// - Parameters:
    ///   - stream: what the server could say.
    ///   - seed: what is changed, and where it is cut.
    ///   - joined: makes the dialect that hears it.
    /// - Returns: how often it was an error; that it never traps is what the caller is about.
    /// - Throws: what making the dialect throws.
    static func errors(in stream: String, seed: UInt64, of joined: () throws -> DialectTrace) throws -> Int {
        var generator = SplitMix64(seed: seed)
        var errors = 0
        for _ in 0..<1_000 {
            var bytes = Array(stream.utf8)
            for _ in 0...generator.uniform(below: 4) {
                bytes[generator.uniform(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            var trace = try joined()
            do {
                for piece in CodecVerifier.pieces(of: bytes, greatest: 90, using: &generator) {
                    _ = try trace.receive(piece)
                }
            } catch { errors += 1 }
        }
        return errors
    }

    /// Asks a dialect that waits for the server to give up at the deadline that it names; this one goes on waiting.
    func givesUpAtDeadline() throws {
        var late = self
        let deadline = try #require(late.dialect.deadline)
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try late.dialect.expired(now: deadline, into: &late.out)
        }
    }
}
