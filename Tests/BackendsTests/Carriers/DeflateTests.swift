import NIOCore
import NIOHTTP1
import Signaling
import Testing

@testable import Backends

/// permessage-deflate (RFC 7692) without a connection.
struct DeflateTests {
    private static let limit = 1 << 16

    private static func frames(_ agreement: DeflateAgreement = DeflateAgreement()) throws -> DeflateFrames {
        try #require(DeflateFrames(agreement, maxMessageBytes: Self.limit))
    }

    private static func inflated(_ bytes: [UInt8], _ frames: inout DeflateFrames) throws(WebSocketError) -> [[UInt8]] {
        var wire = ByteBuffer(bytes: bytes)
        var plain = ByteBuffer()
        try frames.inflate(&wire, into: &plain)
        var framing = WebSocketFraming(role: .client)
        var messages: [[UInt8]] = []
        while let message = try framing.next(&plain) { messages.append(Array(message.payload.readableBytesView)) }
        return messages
    }

    private static let hello = Array("Hello".utf8)

    @Test(
        arguments: [
            ("one block", [0xC1, 0x07, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]),
            ("fragments", [0x41, 0x03, 0xF2, 0x48, 0xCD, 0x80, 0x04, 0xC9, 0xC9, 0x07, 0x00]),
            ("a ping between", [0x41, 0x03, 0xF2, 0x48, 0xCD, 0x89, 0x00, 0x80, 0x04, 0xC9, 0xC9, 0x07, 0x00]),
            ("no compression", [0xC1, 0x0B, 0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]),
            ("a final block", [0xC1, 0x08, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]),
            (
                "two blocks",
                [0xC1, 0x0D, 0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00]
            ),
            ("as it is", [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]),
        ] as [(String, [UInt8])])
    func `the examples of the standard are read`(name: String, wire: [UInt8]) throws {
        var frames = try Self.frames()
        #expect(try Self.inflated(wire, &frames).last == Self.hello)
    }

    @Test func `a message may refer to the one before, unless the server begins anew`() throws {
        let second: [UInt8] = [0xC1, 0x05, 0xF2, 0x00, 0x11, 0x00, 0x00]
        let first: [UInt8] = [0xC1, 0x07, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        var frames = try Self.frames()
        #expect(try Self.inflated(first + second, &frames) == [Self.hello, Self.hello])
        var resetting = try Self.frames(DeflateAgreement(serverResets: true))
        #expect(throws: WebSocketError(.badCompression)) { try Self.inflated(first + second, &resetting) }
    }

    @Test(
        arguments: [
            ("a ping", [0xC9, 0x00], .reservedBits), ("a continuation", [0xC0, 0x01, 0x00], .reservedBits),
            ("a later fragment", [0x41, 0x01, 0xF2, 0xC0, 0x01, 0x00], .reservedBits),
            ("another message within", [0x41, 0x01, 0xF2, 0x81, 0x00], .unfinishedMessage),
            ("RSV2", [0xA1, 0x00], .reservedBits), ("a mask", [0xC1, 0x80, 0, 0, 0, 0], .masked),
            ("noise", [0xC1, 0x04, 0xFF, 0xFF, 0xFF, 0xFF], .badCompression),
        ] as [(String, [UInt8], WebSocketError.Code)])
    func `a breach is named`(name: String, wire: [UInt8], code: WebSocketError.Code) throws {
        var frames = try Self.frames()
        #expect(throws: WebSocketError(code)) { try Self.inflated(wire, &frames) }
    }

    @Test(arguments: [9, 12, 15], [false, true])
    func `what a client compresses comes back byte for byte`(windowBits: Int, resets: Bool) throws {
        var random = SplitMix64(seed: 7)
        var frames = try Self.frames(DeflateAgreement(clientResets: resets, clientWindowBits: windowBits))
        let zlib = try #require(Zlib.shared)
        let server = try #require(Zlib.Codec(zlib, isDeflating: false, windowBits: windowBits))
        for length in [1, 2, 125, 126, 3_000, 60_000] {
            let content = (0..<length).map { _ in UInt8(random.uniform(below: length > 3_000 ? 256 : 4)) }
            var plain = ByteBuffer()
            WebSocketFraming.frame(.ping, payload: ByteBuffer(bytes: [1]), mask: 5, into: &plain)
            WebSocketFraming.frame(.binary, payload: ByteBuffer(bytes: content), mask: 0xA1B2_C3D4, into: &plain)
            var wire = frames.deflate(&plain)
            #expect(wire.readBytes(length: 7)?.first == 0x89)
            #expect(wire.getInteger(at: wire.readerIndex, as: UInt8.self) == 0xC2)
            wire.setInteger(0x82, at: wire.readerIndex, as: UInt8.self)
            var framing = WebSocketFraming(role: .server)
            var message = try #require(try framing.next(&wire)).payload
            if length == 3_000 { #expect(message.readableBytes < 1_000) }
            message.writeBytes([0, 0, 0xFF, 0xFF])
            var back: [UInt8] = []
            if resets { server.reset() }
            let outcome = message.withUnsafeReadableBytes { server.run($0, limit: .max) { back += $0 } }
            #expect(outcome == .done && back == content && wire.readableBytes == 0)
        }
    }

    @Test func `a window of 256 bytes, empty messages and what is no frame go out as they are`() throws {
        var plain = ByteBuffer()
        WebSocketFraming.frame(.text, payload: ByteBuffer(string: "aaaa"), mask: 1, into: &plain)
        let before = plain
        var small = try Self.frames(DeflateAgreement(clientWindowBits: 8))
        #expect(small.deflate(&plain) == before)
        var frames = try Self.frames()
        for bytes in [[0x81, 0x80, 0, 0, 0, 0], [0x81, 0x85, 1], [0xF1, 0x00], [0x01, 0x81, 0, 0, 0, 0, 0x61]]
            as [[UInt8]]
        {
            var odd = ByteBuffer(bytes: bytes)
            #expect(frames.deflate(&odd) == ByteBuffer(bytes: bytes))
        }
    }

    @Test func `a small message that would become a great one is refused`() throws {
        let zlib = try #require(Zlib.shared)
        let server = try #require(Zlib.Codec(zlib, isDeflating: true, windowBits: 15))
        for (size, isTaken) in [(Self.limit, true), (Self.limit + 1, false), (100 << 20, false)] {
            server.reset()
            var payload = ByteBuffer()
            let zeros = [UInt8](repeating: 0, count: size)
            _ = zeros.withUnsafeBytes { server.run($0, limit: .max) { payload.writeBytes($0) } }
            payload.moveWriterIndex(to: payload.writerIndex - 4)
            var wire = ByteBuffer()
            WebSocketFraming.frame(.binary, payload: payload, into: &wire)
            wire.setInteger(0xC2, at: 0, as: UInt8.self)
            var frames = try Self.frames()
            var plain = ByteBuffer()
            // What is sent itself is bounded as well.
            if isTaken {
                try frames.inflate(&wire, into: &plain)
                #expect(plain.readableBytes > size)
            } else {
                #expect(throws: WebSocketError(.tooBig)) { try frames.inflate(&wire, into: &plain) }
            }
        }
    }

    @Test(arguments: 0..<300)
    func `arbitrary bytes are messages or a breach`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var frames = try Self.frames()
        var bytes: [UInt8] = []
        for _ in 0..<20 {
            let length = Int(random.uniform(below: 60))
            bytes += [[0xC1, 0x41, 0x80, 0xC2, 0x89][Int(random.uniform(below: 5))], UInt8(length)]
            bytes += (0..<length).map { _ in UInt8(random.uniform(below: 256)) }
        }
        if seed % 3 == 0 { bytes = bytes.map { _ in UInt8(random.uniform(below: 256)) } }
        var wire = ByteBuffer()
        var plain = ByteBuffer()
        // A breach ends the connection; nothing else is thrown.
        do throws(WebSocketError) {
            for byte in bytes {
                wire.writeInteger(byte)
                try frames.inflate(&wire, into: &plain)
            }
        } catch {}
        var sent = ByteBuffer(bytes: bytes)
        _ = frames.deflate(&sent)
    }

    @Test(
        arguments: [
            ("permessage-deflate", DeflateAgreement()),
            (
                "permessage-deflate; server_no_context_takeover;client_max_window_bits=\"10\"",
                DeflateAgreement(serverResets: true, clientWindowBits: 10)
            ),
            (
                "permessage-deflate; client_no_context_takeover; server_max_window_bits=8",
                DeflateAgreement(clientResets: true)
            ),
            ("permessage-deflate; client_max_window_bits", nil), ("permessage-deflate; server_max_window_bits=16", nil),
            ("permessage-deflate; server_max_window_bits=08", nil), ("permessage-deflate; level=9", nil),
            ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", nil),
            ("permessage-deflate; client_no_context_takeover=1", nil), ("permessage-bzip2", nil),
            ("permessage-deflate, permessage-deflate", nil), ("x-other", nil),
        ] as [(String, DeflateAgreement?)])
    func `an answer is what was agreed, or no answer to the offer`(text: String, agreement: DeflateAgreement?) {
        let headers = HTTPHeaders([("Sec-WebSocket-Extensions", text)])
        do {
            #expect(try DeflateAgreement.read(headers, isOffered: true) == agreement)
            #expect(agreement != nil)
        } catch {
            #expect(agreement == nil && error.text.contains("\(text.prefix(10))"), "\(error.text)")
        }
        #expect(throws: DeflateAgreement.Objection.self) { try DeflateAgreement.read(headers, isOffered: false) }
        #expect((try? DeflateAgreement.read([:], isOffered: true)) == .some(nil))
    }
}
