import Backends
import NIOCore
import Signaling
import TestKit
import Testing

@Suite struct WebSocketFramingTests {
    @Test(arguments: [WebSocketFraming.Role.client, .server])
    func `a stream of frames reads the same in every shape`(role: WebSocketFraming.Role) throws {
        let mask: UInt32? = role == .server ? 0x1234_5678 : nil
        let text = Array("grüße 🎥 – ".utf8)
        var stream: [UInt8] = []
        stream += RawFrame(0x1, text, mask: mask).bytes
        stream += RawFrame(0x1, Array(text[..<3]), isFinal: false, mask: mask).bytes
        stream += RawFrame(0x9, [1, 2, 3], mask: mask).bytes
        stream += RawFrame(0x0, Array(text[3..<8]), isFinal: false, mask: mask).bytes
        stream += RawFrame(0x0, Array(text[8...]), mask: mask).bytes
        stream += RawFrame(0x2, [UInt8](repeating: 0xA5, count: 130), mask: mask).bytes
        stream += RawFrame(0x1, [], mask: mask).bytes
        stream += RawFrame(0xA, [], mask: mask).bytes
        let expected = [
            WebSocketMessage(opcode: .text, payload: ByteBuffer(bytes: text)),
            WebSocketMessage(opcode: .ping, payload: ByteBuffer(bytes: [1, 2, 3])),
            WebSocketMessage(opcode: .text, payload: ByteBuffer(bytes: text)),
            WebSocketMessage(opcode: .binary, payload: ByteBuffer(repeating: 0xA5, count: 130)),
            WebSocketMessage(opcode: .text, payload: ByteBuffer()),
            WebSocketMessage(opcode: .pong, payload: ByteBuffer()),
        ]
        try CodecVerifier.verify(stream, expected: expected) { try decode($0, role: role) }
    }

    @Test(arguments: [0, 1, 7, 8, 9, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537, 1 << 20])
    func `what one end writes the other reads, at every boundary of length`(count: Int) throws {
        var generator = SplitMix64(seed: UInt64(count))
        let payload = ByteBuffer(bytes: (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
        var toServer = ByteBuffer()
        WebSocketFraming.frame(.binary, payload: payload, mask: 0xDEAD_BEEF, into: &toServer)
        let atServer = try decode([Array(toServer.readableBytesView)[...]], role: .server)
        #expect(atServer == [WebSocketMessage(opcode: .binary, payload: payload)])

        var message = try #require(atServer.first).payload
        WebSocketFraming.makeServerFrame(.binary, &message)
        #expect(message.readableBytesView.elementsEqual(RawFrame(0x2, Array(payload.readableBytesView)).bytes))
        let atClient = try decode([Array(message.readableBytesView)[...]], role: .client)
        #expect(atClient == [WebSocketMessage(opcode: .binary, payload: payload)])
    }

    /// One breach of RFC 6455 and how the connection is to be failed.
    struct Violation: CustomTestStringConvertible, Sendable {
        let name: String
        let role: WebSocketFraming.Role
        let bytes: [UInt8]
        let code: WebSocketError.Code
        let close: UInt16

        var testDescription: String { "\(self.name), read by a \(self.role)" }

        init(
            _ name: String, _ code: WebSocketError.Code, _ close: UInt16, role: WebSocketFraming.Role = .server,
            _ frames: [RawFrame]
        ) {
            self.name = name
            self.role = role
            self.bytes = frames.flatMap(\.bytes)
            self.code = code
            self.close = close
        }
    }

    static let key: UInt32 = 0x0102_0304
    static let violations: [Violation] = [
        Violation("5.2 RSV1", .reservedBits, 1002, [RawFrame(0x1, [65], reserved: 4, mask: key)]),
        Violation("5.2 RSV2", .reservedBits, 1002, [RawFrame(0x1, [65], reserved: 2, mask: key)]),
        Violation("5.2 RSV3", .reservedBits, 1002, [RawFrame(0x9, [65], reserved: 1, mask: key)]),
        Violation("5.2 opcode 3", .reservedOpcode, 1002, [RawFrame(0x3, [], mask: key)]),
        Violation("5.2 opcode 7", .reservedOpcode, 1002, [RawFrame(0x7, [], mask: key)]),
        Violation("5.2 opcode B", .reservedOpcode, 1002, [RawFrame(0xB, [], mask: key)]),
        Violation("5.2 opcode F", .reservedOpcode, 1002, role: .client, [RawFrame(0xF, [])]),
        Violation("5.1 unmasked", .unmasked, 1002, [RawFrame(0x1, [65])]),
        Violation("5.1 unmasked ping", .unmasked, 1002, [RawFrame(0x9, [])]),
        Violation("5.1 masked", .masked, 1002, role: .client, [RawFrame(0x1, [65], mask: key)]),
        Violation(
            "5.2 125 in two bytes", .badLength, 1002,
            [RawFrame(0x2, [UInt8](repeating: 0, count: 125), mask: key, declared: (126, 125))]),
        Violation(
            "5.2 65535 in eight bytes", .badLength, 1002, [RawFrame(0x2, [], mask: key, declared: (127, 65_535))]),
        Violation("5.2 top bit", .badLength, 1002, [RawFrame(0x2, [], mask: key, declared: (127, 1 << 63))]),
        Violation("5.5 fragmented ping", .fragmentedControl, 1002, [RawFrame(0x9, [], isFinal: false, mask: key)]),
        Violation("5.5 fragmented close", .fragmentedControl, 1002, [RawFrame(0x8, [], isFinal: false, mask: key)]),
        Violation(
            "5.5 ping of 126", .longControl, 1002, [RawFrame(0x9, [UInt8](repeating: 0, count: 126), mask: key)]),
        Violation("5.4 continuation of nothing", .strayContinuation, 1002, [RawFrame(0x0, [65], mask: key)]),
        Violation(
            "5.4 continuation after the end", .strayContinuation, 1002,
            [RawFrame(0x1, [65], mask: key), RawFrame(0x0, [65], mask: key)]),
        Violation(
            "5.4 text inside text", .unfinishedMessage, 1002,
            [RawFrame(0x1, [65], isFinal: false, mask: key), RawFrame(0x1, [65], mask: key)]),
        Violation("5.5.1 close of one byte", .badClose, 1002, [RawFrame(0x8, [3], mask: key)]),
        Violation("7.4 close 999", .badClose, 1002, [RawFrame(0x8, [0x03, 0xE7], mask: key)]),
        Violation("7.4.1 close 1004", .badClose, 1002, [RawFrame(0x8, [0x03, 0xEC], mask: key)]),
        Violation("7.4.1 close 1005", .badClose, 1002, [RawFrame(0x8, [0x03, 0xED], mask: key)]),
        Violation("7.4.1 close 1006", .badClose, 1002, role: .client, [RawFrame(0x8, [0x03, 0xEE])]),
        Violation("7.4.1 close 1015", .badClose, 1002, [RawFrame(0x8, [0x03, 0xF7], mask: key)]),
        Violation("7.4.2 close 2999", .badClose, 1002, [RawFrame(0x8, [0x0B, 0xB7], mask: key)]),
        Violation("7.4.2 close 5000", .badClose, 1002, [RawFrame(0x8, [0x13, 0x88], mask: key)]),
        Violation("8.1 close reason", .invalidUTF8, 1007, [RawFrame(0x8, [0x03, 0xE8, 0xFF], mask: key)]),
        Violation("8.1 lone continuation byte", .invalidUTF8, 1007, [RawFrame(0x1, [0x80], mask: key)]),
        Violation("8.1 text that a client overhears", .invalidUTF8, 1007, role: .client, [RawFrame(0x1, [0xFF])]),
        Violation(
            "8.1 in the last byte of 200", .invalidUTF8, 1007, role: .client,
            [RawFrame(0x1, [UInt8](repeating: 65, count: 199) + [0xC3])]),
        Violation("8.1 surrogate", .invalidUTF8, 1007, [RawFrame(0x1, [0xED, 0xA0, 0x80], mask: key)]),
        Violation("8.1 overlong", .invalidUTF8, 1007, [RawFrame(0x1, [0xC0, 0xAF], mask: key)]),
        Violation("8.1 cut short", .invalidUTF8, 1007, [RawFrame(0x1, [0x41, 0xE2, 0x82], mask: key)]),
        Violation(
            "8.1 fails in the fragment that breaks it", .invalidUTF8, 1007,
            [RawFrame(0x1, [0xE2], isFinal: false, mask: key), RawFrame(0x0, [0x41], isFinal: false, mask: key)]),
        Violation(
            "8.1 cut short by the last fragment", .invalidUTF8, 1007,
            [RawFrame(0x1, [0x41], isFinal: false, mask: key), RawFrame(0x0, [0xF0, 0x9F], mask: key)]),
        Violation("10.4 2^40 declared", .tooBig, 1009, [RawFrame(0x2, [], mask: key, declared: (127, 1 << 40))]),
        Violation("10.4 2^62 declared", .tooBig, 1009, role: .client, [RawFrame(0x2, [], declared: (127, 1 << 62))]),
        Violation("10.4 one over", .tooBig, 1009, [RawFrame(0x2, [], mask: key, declared: (127, 1 << 20 + 1))]),
    ]

    @Test(arguments: Self.violations)
    func `a breach of the standard is refused with its close code`(violation: Violation) throws {
        for chunks in [[violation.bytes[...]], violation.bytes.indices.map { violation.bytes[$0...$0] }] {
            let error = try #require(throws: WebSocketError.self) { _ = try decode(chunks, role: violation.role) }
            #expect(error.code == violation.code)
            #expect(error.closeCode == violation.close)
            #expect(error.description.contains("RFC 6455"))
        }
    }

    @Test(arguments: [1000, 1001, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999] as [UInt16])
    func `a close frame may carry every code that the standard and its registry allow`(code: UInt16) throws {
        let payload = WebSocketFraming.closePayload(code: code, reason: "tschüß")
        var bytes = ByteBuffer()
        WebSocketFraming.frame(.close, payload: payload, mask: 1, into: &bytes)
        let message = try #require(try decode([Array(bytes.readableBytesView)[...]], role: .server).first)
        #expect(message.close.code == code)
        #expect(message.close.reason == "tschüß")
        #expect(message.closeReason == .closed(code: code, reason: "tschüß"))
    }

    @Test func `a close reason is cut between characters to fit a control frame`() {
        let payload = WebSocketFraming.closePayload(code: 1000, reason: String(repeating: "é", count: 200))
        #expect(payload.readableBytes == 2 + 122)
    }

    @Test func `nothing is read after a close frame`() throws {
        let stream = RawFrame(0x8, [0x03, 0xE8]).bytes + [0xFF, 0xFF, 0xFF] + RawFrame(0x1, [65]).bytes
        let messages = try decode(stream.indices.map { stream[$0...$0] }, role: .client)
        #expect(messages.count == 1)
        #expect(messages.first?.opcode == .close)
    }

    @Test func `endless fragments are refused at the limit of the message`() throws {
        var framing = WebSocketFraming(role: .server, maxMessageBytes: 1_000)
        let first = RawFrame(0x2, [UInt8](repeating: 1, count: 100), isFinal: false, mask: 7).bytes
        let more = RawFrame(0x0, [UInt8](repeating: 1, count: 100), isFinal: false, mask: 7).bytes
        var bytes = ByteBuffer(bytes: first)
        #expect(try framing.next(&bytes) == nil)
        for _ in 0..<9 {
            bytes.writeBytes(more)
            #expect(try framing.next(&bytes) == nil)
        }
        bytes.writeBytes(more)
        #expect(throws: WebSocketError(.tooBig)) { try framing.next(&bytes) }
    }

    @Test func `endless empty fragments are refused too`() throws {
        var framing = WebSocketFraming(role: .client)
        var bytes = ByteBuffer(bytes: RawFrame(0x2, [], isFinal: false).bytes)
        let more = RawFrame(0x0, [], isFinal: false).bytes
        for _ in 0..<1_000 { bytes.writeBytes(more) }
        let error = #expect(throws: WebSocketError.self) {
            for _ in 0..<200 {
                _ = try framing.next(&bytes)
                for _ in 0..<1_000 { bytes.writeBytes(more) }
            }
        }
        #expect(error?.code == .tooBig)
    }

    @Test func `a client reads a frame as a slice and copies nothing`() throws {
        let bytes = ByteBuffer(bytes: RawFrame(0x1, Array("hello".utf8)).bytes)
        var rest = bytes
        var framing = WebSocketFraming(role: .client)
        let message = try #require(try framing.next(&rest))
        let inFrame = bytes.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        let inMessage = message.payload.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(inMessage == inFrame + 2)
    }

    @Test(arguments: [(WebSocketOpcode.text, WebSocketError.Code.binaryData), (.binary, .textData)])
    func `a message of the other kind is refused where the protocol has one kind`(
        kind: WebSocketOpcode, code: WebSocketError.Code
    ) throws {
        var framing = WebSocketFraming(role: .client, dataKind: kind)
        var right = ByteBuffer(bytes: RawFrame(kind.rawValue, [65], isFinal: false).bytes + RawFrame(0, [66]).bytes)
        #expect(try framing.next(&right)?.payload == ByteBuffer(bytes: [65, 66]))
        var wrong = ByteBuffer(bytes: RawFrame(3 - kind.rawValue, [65], isFinal: false).bytes)
        let error = #expect(throws: WebSocketError.self) { try framing.next(&wrong) }
        #expect(error?.code == code)
        #expect(error?.closeCode == 1003)
    }

    @Test(arguments: [WebSocketFraming.Role.client, .server], [1] as [UInt64])
    func `random bytes never crash it nor make it hoard`(role: WebSocketFraming.Role, seed: UInt64) async {
        var generator = SplitMix64(seed: seed)
        let limit = 4_096
        var framing = WebSocketFraming(role: role, maxMessageBytes: limit)
        var received = ReceiveBuffer()
        for round in 0..<100_000 {
            // Lets the tests that wait for sockets run in between.
            if round % 500 == 0 { await Task.yield() }
            var chunk: [UInt8]
            switch generator.uniform(below: 4) {
            case 0: chunk = (0..<generator.uniform(below: 40)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            default:
                let opcode: UInt8 = [0, 1, 2, 8, 9, 10][generator.uniform(below: 6)]
                let size = generator.uniform(below: opcode >= 8 ? 126 : 200)
                let isFinal = opcode >= 8 || generator.uniform(below: 3) > 0
                chunk =
                    RawFrame(
                        opcode, (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next() & 0x7F) },
                        isFinal: isFinal, mask: role == .server ? UInt32(truncatingIfNeeded: generator.next()) : nil
                    ).bytes
                if generator.uniform(below: 20) == 0, !chunk.isEmpty {
                    chunk[generator.uniform(below: chunk.count)] ^= UInt8(truncatingIfNeeded: generator.next())
                }
            }
            var bytes = received.joined(with: ByteBuffer(bytes: chunk))
            do {
                while let message = try framing.next(&bytes) {
                    #expect(message.payload.readableBytes <= limit, "seed \(seed)")
                }
                received.keep(bytes)
            } catch {
                framing = WebSocketFraming(role: role, maxMessageBytes: limit)
                received = ReceiveBuffer()
            }
            if framing.isClosed { framing = WebSocketFraming(role: role, maxMessageBytes: limit) }
            if received.count > limit + 14 {
                Issue.record("kept \(received.count) bytes, seed \(seed)")
                return
            }
        }
    }
}
