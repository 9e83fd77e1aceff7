import Signaling
import Testing

@testable import Backends

/// Heads of Socket.IO packets, and the arrays in events.
struct SocketIOPacketTests {
    /// A packet and what its head says.
    struct Row: Sendable {
        var text: String
        var kind: SocketIOPacket.Kind
        var namespace = ""
        var id: UInt64?
        var attachments = 0
        var data = ""
    }

    static let rows: [Row] = [
        Row(text: "0", kind: .connect),
        Row(text: #"0{"token":"123"}"#, kind: .connect, data: #"{"token":"123"}"#),
        Row(text: "0/admin,", kind: .connect, namespace: "/admin"),
        Row(text: "0/admin", kind: .connect, namespace: "/admin"),
        Row(text: #"0/admin,{"sid":"a"}"#, kind: .connect, namespace: "/admin", data: #"{"sid":"a"}"#),
        Row(text: #"0/,{"sid":"a"}"#, kind: .connect, data: #"{"sid":"a"}"#),
        Row(text: "1/admin,", kind: .disconnect, namespace: "/admin"),
        Row(text: #"2["foo"]"#, kind: .event, data: #"["foo"]"#),
        Row(text: #"2/admin,["bar"]"#, kind: .event, namespace: "/admin", data: #"["bar"]"#),
        Row(text: #"212["foo"]"#, kind: .event, id: 12, data: #"["foo"]"#),
        Row(text: #"3/admin,13["bar"]"#, kind: .ack, namespace: "/admin", id: 13, data: #"["bar"]"#),
        Row(
            text: #"4/admin,{"message":"Not authorized"}"#, kind: .connectError, namespace: "/admin",
            data: #"{"message":"Not authorized"}"#),
        Row(
            text: #"51-["baz",{"_placeholder":true,"num":0}]"#, kind: .binaryEvent, attachments: 1,
            data: #"["baz",{"_placeholder":true,"num":0}]"#),
        Row(
            text: #"61-/admin,15["bar"]"#, kind: .binaryAck, namespace: "/admin", id: 15, attachments: 1,
            data: #"["bar"]"#),
        Row(text: "2999999999999999999[]", kind: .event, id: 999_999_999_999_999_999, data: "[]"),
    ]

    @Test(arguments: Self.rows)
    func `the specification's examples are read`(row: Row) throws {
        let bytes = Array(row.text.utf8)
        let packet = try #require(bytes.withUnsafeBytes { SocketIOPacket($0) })
        #expect(packet.kind == row.kind)
        #expect(String(decoding: bytes[packet.namespace], as: UTF8.self) == row.namespace)
        #expect(packet.id == row.id)
        #expect(packet.attachments == row.attachments)
        #expect(String(decoding: bytes[packet.data], as: UTF8.self) == row.data)
    }

    @Test(arguments: ["", "7", "9[]", "x", "5", "5-[]", "51[]", "51", "51000-[]", "6x-[]", "29999999999999999999[]"])
    func `what is no packet is refused`(text: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { SocketIOPacket($0) } == nil)
    }

    @Test func `random bytes give no range outside the text`() {
        var generator = SplitMix64(seed: 5)
        let alphabet = Array("0123456789-/,[]{}\"a".utf8) + [0, 0xFF, 0xC3]
        for _ in 0..<50_000 {
            let bytes = (0..<generator.uniform(below: 20)).map { _ in alphabet[generator.uniform(below: alphabet.count)]
            }
            bytes.withUnsafeBytes { text in
                guard let packet = SocketIOPacket(text) else { return }
                #expect(packet.namespace.lowerBound >= 0 && packet.namespace.upperBound <= text.count)
                #expect(packet.data.lowerBound >= 0 && packet.data.upperBound == text.count)
                _ = try? SocketIOEvent(UnsafeRawBufferPointer(rebasing: text[packet.data]))
            }
        }
    }

    @Test(arguments: [
        (#"["a"]"#, "a", []), (#"["message",{"x":[1,2]},7,null]"#, "message", [#"{"x":[1,2]}"#, "7", "null"]),
        (#" [ "\u0061\n" , "b" ] "#, "a\n", [#""b""#]),
    ])
    func `an event is its name and its arguments`(text: String, name: String, arguments: [String]) throws {
        let bytes = Array(text.utf8)
        let found = try bytes.withUnsafeBytes { json in
            let event = try SocketIOEvent(json)
            return (event.name, event.arguments.map { Array(json[$0.range]) })
        }
        #expect(String(decoding: found.0, as: UTF8.self) == name)
        #expect(found.1.map { String(decoding: $0, as: UTF8.self) } == arguments)
    }

    @Test(arguments: ["", "[]", "[7]", "[null]", #"{"a":1}"#, #"["a""#, #"["a",]"#, #"["a"] x"#, #"["\ud800"]"#])
    func `what is no event is refused`(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: JSONError.self) { try bytes.withUnsafeBytes { _ = try SocketIOEvent($0) } }
    }
}
