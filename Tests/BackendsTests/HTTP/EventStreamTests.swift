import NIOCore
import Signaling
import Testing

@testable import Backends

/// Server-sent events as the specification writes them, in pieces of any size, and as nobody should.
struct EventStreamTests {
    /// A stream, and the events that it has as `type:data`.
    struct Row: Sendable {
        var stream: String
        var events: [String]
        var lastID = ""
        var retry: Int64?
    }

    static let rows: [Row] = [
        // The examples of section 9.2.6.
        Row(stream: "data: YHOO\ndata: +2\ndata: 10\n\n", events: ["message:YHOO\n+2\n10"]),
        Row(
            stream: ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            events: ["message:first event", "message:second event", "message: third event"]),
        Row(stream: "data\n\ndata\ndata\n\ndata:", events: ["message:", "message:\n"]),
        Row(stream: "data:test\n\ndata: test\n\n", events: ["message:test", "message:test"]),
        // Ends of lines.
        Row(stream: "data: a\r\rdata: b\r\n\r\ndata: c\n\n", events: ["message:a", "message:b", "message:c"]),
        Row(stream: "data: a\r\n\rdata: b\n\r\n", events: ["message:a", "message:b"]),
        // A byte order mark, once.
        Row(stream: "\u{FEFF}data: a\n\n", events: ["message:a"]),
        Row(stream: "\u{FEFF}\u{FEFF}data: a\n\n", events: []),
        Row(stream: "data: a\n\n\u{FEFF}data: b\n\n", events: ["message:a"]),
        // Names, ids, and waits.
        Row(stream: "event: add\ndata: 1\n\ndata: 2\n\n", events: ["add:1", "message:2"]),
        Row(stream: "event: add\n\ndata: 2\n\n", events: ["message:2"]),
        Row(stream: "id: 7\n\n", events: [], lastID: "7"),
        Row(stream: "id: 7\ndata: a\n\nid: 8\ndata: b\n", events: ["message:a"], lastID: "7"),
        Row(stream: "id: 7\ndata: a\n\nid: 8\u{0}\ndata: b\n\n", events: ["message:a", "message:b"], lastID: "7"),
        Row(stream: "retry: 250\n", events: [], retry: 250),
        Row(stream: "retry: 250\nretry: 2s\nretry\nretry: -1\nretry: 99999999999999999999\n", events: [], retry: 250),
        Row(stream: "Data: a\nother: b\ndata : c\n\n", events: []),
        Row(
            stream: "data: {\"a\":\"p\u{E4} \u{65E5}\u{1F600}\"}\n\n",
            events: ["message:{\"a\":\"p\u{E4} \u{65E5}\u{1F600}\"}"]),
    ]

    private static func read(_ stream: inout EventStream, _ bytes: some Collection<UInt8>) throws -> [String] {
        // A buffer whose readable part does not begin at zero.
        var buffer = ByteBuffer(bytes: [0x0A] + Array(bytes))
        buffer.moveReaderIndex(forwardBy: 1)
        return try stream.append(buffer).map { "\($0.type):\(String(buffer: $0.data))" }
    }

    @Test(arguments: Self.rows)
    func `a stream reads the same wherever it is cut`(row: Row) throws {
        let bytes = Array(row.stream.utf8)
        for cut in 0...bytes.count {
            var stream = EventStream(maxEventBytes: 1000)
            let events = try Self.read(&stream, bytes[..<cut]) + Self.read(&stream, bytes[cut...])
            #expect(events == row.events)
            #expect(stream.lastEventID == row.lastID)
            #expect(stream.retry == row.retry.map { .milliseconds($0) })
        }
        var stream = EventStream(maxEventBytes: 1000)
        #expect(try bytes.flatMap { try Self.read(&stream, [$0]) } == row.events)
    }

    @Test(arguments: [
        "data: 0123456789", ": 0123456789abcd", "data\ndata\ndata\ndata\ndata\ndata\ndata: 0123",
        "data: 01234567\ndata: 8",
    ])
    func `an event over the bound ends the stream`(text: String) throws {
        var stream = EventStream(maxEventBytes: 15)
        #expect(try Self.read(&stream, "data: 012345678\n\n".utf8) == ["message:012345678"])
        #expect(throws: EventStreamError(maxEventBytes: 15)) { try Self.read(&stream, text.utf8) }
        #expect(throws: EventStreamError(maxEventBytes: 15)) { try Self.read(&stream, "\n\ndata: a\n\n".utf8) }
    }

    @Test func `comments without end do not add up`() throws {
        var stream = EventStream(maxEventBytes: 15)
        for _ in 0..<1000 { #expect(try Self.read(&stream, ": keep alive\n".utf8).isEmpty) }
        #expect(try Self.read(&stream, "data: a\n\n".utf8) == ["message:a"])
    }

    @Test func `random bytes stay within the bound, and read the same in pieces`() throws {
        var generator = SplitMix64(seed: 12)
        let words: [[UInt8]] =
            ["data", "event", "id", "retry", ":", " ", "\n", "\r", "\n\n", "1", "\u{FEFF}"].map { Array($0.utf8) } + [
                [0], [0xFF],
            ]
        for _ in 0..<10_000 {
            let bytes = (0..<generator.uniform(below: 24)).flatMap { _ in words[generator.uniform(below: words.count)] }
            var whole = EventStream(maxEventBytes: 24)
            var pieces = EventStream(maxEventBytes: 24)
            let events = try? whole.append(ByteBuffer(bytes: bytes))
            let others = try? bytes.flatMap { try pieces.append(ByteBuffer(bytes: [$0])) }
            #expect(events == others)
            #expect(whole.lastEventID == pieces.lastEventID)
            #expect(whole.retry == pieces.retry)
            #expect(events?.allSatisfy { $0.data.readableBytes <= 24 } != false)
        }
    }
}
