import NIOCore
import NIOHTTP1
import Signaling

@testable import Backends

/// WebSocket and Engine.IO.
enum CarrierDecoders {
    private struct Frames: Equatable {
        var messages: [WebSocketMessage] = []
        var error: WebSocketError?
    }

    /// Option bits: 0 the server's role, 1 checks text, 2 a limit of 300 bytes.
    static func webSocket(_ input: FuzzInput) throws {
        let limit = input.has(2) ? 300 : 16 << 20
        try expectSame(input) { pieces in
            var framing = WebSocketFraming(
                role: input.has(0) ? .server : .client, maxMessageBytes: limit, dataKind: input.has(1) ? .text : nil)
            var feeder = Feeder<WebSocketMessage>(limit: input.payload.count)
            var error: WebSocketError?
            for piece in pieces {
                do {
                    try feeder.feed(piece) { try framing.next(&$0) }
                } catch let broken as WebSocketError {
                    error = broken
                    break
                }
            }
            for message in feeder.events {
                guard message.payload.readableBytes <= limit else { throw Violation("a message over the limit") }
                try Self.reframe(message)
            }
            return Frames(messages: feeder.events, error: error)
        }
    }

    /// What came off the wire can be put on it again, masked or not.
    private static func reframe(_ message: WebSocketMessage) throws {
        _ = message.closeReason
        let role = WebSocketFraming.Role.client
        var framing = WebSocketFraming(role: role)
        var passedOn = message.payload
        WebSocketFraming.makeServerFrame(message.opcode, &passedOn)
        guard try framing.next(&passedOn) == message else { throw Violation("a message passed on is another") }
        var server = WebSocketFraming(role: .server)
        var masked = ByteBuffer()
        WebSocketFraming.frame(message.opcode, payload: message.payload, mask: 0xA1B2_C3D4, into: &masked)
        guard try server.next(&masked) == message else { throw Violation("a masked message is another") }
    }

    /// Payloads of both revisions, the handshake, HTTP's query, and a client that takes one packet after another.
    ///
    /// Option bit 0: revision 3.
    static func engineIO(_ input: FuzzInput) throws {
        let version: EngineIOPlan.Version = input.has(0) ? .v3 : .v4
        let payload = ByteBuffer(bytes: input.payload)
        if let packets = try? EngineIOPayload.decode(payload, version) {
            let again = EngineIOPayload.encode(packets, version)
            guard try EngineIOPayload.decode(again, version) == packets else {
                throw Violation("packets written and read again are others")
            }
        }
        if let handshake = try? EngineIOHandshake(packet: payload), !handshake.sid.contains(where: Self.isEscaped) {
            let again = try EngineIOHandshake(packet: ByteBuffer(bytes: handshake.packet))
            guard again == handshake else { throw Violation("a handshake written and read again is another") }
        }
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/?" + input.text)
        head.headers.add(name: "Cookie", value: input.text)
        let request = HTTPRequest(head: head, body: payload)
        _ = (request.path, request.query, request.form, request.cookie("io"))

        var client = EngineIOClient(version)
        var out = Outbox(seed: 1)
        var now = Instant(nanoseconds: 0)
        for packet in input.messages {
            guard (try? client.take(ByteBuffer(bytes: packet), now: now, into: &out)) != nil else { break }
            guard let deadline = client.deadline else { continue }
            now = min(deadline, now + 1_000_000_000)
            try? client.expired(now: now, into: &out)
        }
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
