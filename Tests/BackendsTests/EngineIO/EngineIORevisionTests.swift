import NIOCore
import Testing

@testable import Backends

/// Long-polling as the clients of each generation speak it.
///
/// The bytes are what `lib/index.js` of socketio/engine.io-parser writes for 1.x clients (`encodePacket` with
/// `utf8encode`, `encodePayloadAsBinary`), where `lib/transports/polling.js` of socketio/engine.io-client asks for `b64=1`
/// when it has no binary XMLHttpRequest, as in Node.
@Suite struct EngineIORevisionTests {
    /// A polled session of the Socket.IO relay.
    struct Session {
        let line: ServerLine
        let target: String
        let greeting: (head: String, body: [UInt8])

        init(_ query: String, _ line: ServerLine) throws {
            self.line = line
            let target = "/socket.io/?\(query)&transport=polling"
            self.greeting = try line.ask("GET", target)
            let words = String(decoding: self.greeting.body, as: UTF8.self).split(separator: "\"")
            self.target = "\(target)&sid=\(words.count > 3 ? words[3] : "")"
        }

        func post(_ body: [UInt8]) throws -> String {
            try self.line.ask("POST", self.target, ["Content-Type: text/plain;charset=UTF-8"], body: body).head
        }

        func poll() throws -> (head: String, body: [UInt8]) { try self.line.ask("GET", self.target) }
        func text() throws -> String { String(decoding: try self.poll().body, as: UTF8.self) }
    }

    static let enter = #"420["enter","r"]"#
    static let message = #"42["message",{"a":"pä 日本 👩"}]"#
    static let escaped = #""a":"p\u00e4 \u65e5\u672c \ud83d\udc69""#

    /// UTF-16 code units before each packet.
    static func counted(_ packet: String) -> [UInt8] { Array("\(packet.utf16.count):\(packet)".utf8) }

    /// The same of a text that was encoded before: each of its bytes is a character.
    static func twice(_ packet: String) -> [UInt8] {
        Self.counted(String(String.UnicodeScalarView(packet.utf8.map { Unicode.Scalar($0) })))
    }

    /// A zero, the digits of the length in bytes, 255.
    static func binary(_ packet: String) -> [UInt8] {
        [0] + String(packet.utf8.count).utf8.map { $0 - 0x30 } + [255] + Array(packet.utf8)
    }

    /// A client's query, and how it writes.
    static let clients: [(name: String, query: String, write: @Sendable (String) -> [UInt8])] = [
        ("1.6 in Node", "EIO=3&b64=1", { twice($0) }),
        ("1.3.7 in a browser", "EIO=3", { binary($0) }),
        ("2.x in Node", "EIO=3&b64=1", { counted($0) }),
        ("2.x in a browser, text", "EIO=3", { counted($0) }),
        ("1.0.6 in Node", "EIO=2&b64=1", { counted($0) }),
        ("1.0.6 in a browser", "EIO=2", { binary($0) }),
        ("older than the parameter", "b64=1", { counted($0) }),
        ("4.x", "EIO=4", { Array($0.utf8) }),
    ]

    @Test(arguments: Self.clients)
    func `what a client of any generation says first is understood`(
        name: String, query: String, write: @Sendable (String) -> [UInt8]
    ) throws {
        let line = try ServerLine("socketio")
        let witness = try Session("EIO=4", line)
        #expect(try witness.post(Array("40\u{1E}\(Self.enter)".utf8)).hasPrefix("HTTP/1.1 200"))
        _ = try witness.poll()
        let client = try Session(query, line)
        #expect(client.greeting.head.hasPrefix("HTTP/1.1 200"), "\(name)")
        if query.hasPrefix("EIO=4") { _ = try client.post(Array("40".utf8)) }
        #expect(try client.post(write(Self.enter)).hasPrefix("HTTP/1.1 200"))
        #expect(try client.post(write(Self.message)).hasPrefix("HTTP/1.1 200"))
        #expect(try witness.text().contains(#""a":"pä 日本 👩""#), "\(name)")
    }

    @Test func `what is polled is ASCII before revision 4, so that nobody can decode it wrongly`() throws {
        for (name, query, write) in Self.clients {
            let line = try ServerLine("socketio")
            let client = try Session(query, line)
            if query.hasPrefix("EIO=4") { _ = try client.post(Array("40".utf8)) }
            _ = try client.post(write(Self.enter))
            _ = try client.poll()
            let sender = try Session("EIO=4", line)
            _ = try sender.post(Array("40\u{1E}\(Self.enter)\u{1E}\(Self.message)".utf8))
            let (head, body) = try client.poll()
            #expect(
                String(decoding: body, as: UTF8.self).contains(query == "EIO=4" ? "pä 日本 👩" : Self.escaped), "\(name)")
            let isBinary = query == "EIO=3" || query == "EIO=2"
            #expect(head.contains("Content-Type: application/octet-stream\r\n") == isBinary, "\(name): \(head)")
            #expect((body.first == 0) == isBinary, "\(name)")
            let packets = try EngineIOPayload.decode(.init(bytes: body), query == "EIO=4" ? .v4 : .v3)
            #expect(packets.contains { $0.readableBytesView.starts(with: Array(#"42["message""#.utf8)) }, "\(name)")
        }
    }

    @Test func `text that looks as if it was encoded twice is left alone once a client has shown that it is not`()
        throws
    {
        let line = try ServerLine("socketio")
        let witness = try Session("EIO=4", line)
        _ = try witness.post(Array("40\u{1E}\(Self.enter)".utf8))
        _ = try witness.poll()
        let client = try Session("EIO=3&b64=1", line)
        _ = try client.post(Self.counted(Self.enter))
        _ = try client.post(Self.counted(#"42["message",{"a":"é"}]"#))
        #expect(try witness.text().contains(#""a":"é""#))
        _ = try client.post(Self.counted(#"42["message",{"a":"Ã©"}]"#))
        #expect(try witness.text().contains(#""a":"Ã©""#))
    }
}
