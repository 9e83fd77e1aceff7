import NIOCore
import Signaling
import Testing

@testable import Backends

/// Long-polling payloads as the specifications write them, and as nobody should.
struct EngineIOPayloadTests {
    /// Packets and how they stand in a payload.
    struct Row: Sendable {
        var version: EngineIOPlan.Version
        var payload: [UInt8]
        var packets: [String]

        init(_ version: EngineIOPlan.Version, _ payload: String, _ packets: [String]) {
            self.init(version, Array(payload.utf8), packets)
        }

        init(_ version: EngineIOPlan.Version, _ payload: [UInt8], _ packets: [String]) {
            self.version = version
            self.payload = payload
            self.packets = packets
        }
    }

    static let written: [Row] = [
        Row(.v4, "4hello\u{1E}2\u{1E}4world", ["4hello", "2", "4world"]),
        Row(.v4, "1", ["1"]),
        Row(.v4, "4\u{20AC}\u{1E}4\u{1F600}", ["4\u{20AC}", "4\u{1F600}"]),
        Row(.v3, "6:4hello2:4\u{20AC}", ["4hello", "4\u{20AC}"]),
        // Lengths are UTF-16 code units: one for the euro sign, two for a face.
        Row(.v3, "1:13:4\u{1F600}1:6", ["1", "4\u{1F600}", "6"]),
        Row(.v3, "11:4:1:2:3:4:5", ["4:1:2:3:4:5"]),
    ]

    @Test(arguments: Self.written)
    func `a payload is written and read as the specification has it`(row: Row) throws {
        let packets = row.packets.map(ByteBuffer.init(string:))
        #expect(Array(EngineIOPayload.encode(packets, row.version).readableBytesView) == row.payload)
        let read = try EngineIOPayload.decode(ByteBuffer(bytes: row.payload), row.version)
        #expect(read.map { String(buffer: $0) } == row.packets)
    }

    /// The binary form of revision 3, which clients with XHR2 may send.
    static let binary: [Row] = [
        Row(.v3, [0, 6, 255] + Array("4hello".utf8), ["4hello"]),
        Row(.v3, [0, 1, 2, 255] + Array("4abcdefghijk".utf8) + [0, 1, 255, 0x32], ["4abcdefghijk", "2"]),
        Row(.v3, [0, 4, 255] + Array("4\u{20AC}".utf8), ["4\u{20AC}"]),
        Row(.v3, [], []),
    ]

    @Test(arguments: Self.binary)
    func `the binary form of revision 3 is read when all it holds is text`(row: Row) throws {
        let read = try EngineIOPayload.decode(ByteBuffer(bytes: row.payload), .v3)
        #expect(read.map { String(buffer: $0) } == row.packets)
    }

    static let wrong: [Row] = [
        Row(.v4, "", []), Row(.v4, "\u{1E}", []), Row(.v4, "4a\u{1E}", []), Row(.v4, "\u{1E}4a", []),
        Row(.v4, "4a\u{1E}\u{1E}4b", []), Row(.v4, "bAQID", []), Row(.v4, "4a\u{1E}bAQID", []),
        Row(.v4, [0x34, 0xC3], []), Row(.v4, [0x34, 0xED, 0xA0, 0x80], []),
        Row(.v3, "4hello", []), Row(.v3, ":4a", []), Row(.v3, "3:4a", []), Row(.v3, "0:", []), Row(.v3, "2", []),
        Row(.v3, "-1:4", []), Row(.v3, "x:4", []), Row(.v3, "9999999999:4", []),
        Row(.v3, "99999999999999999999:4", []), Row(.v3, "6:b4AQID", []),
        // A length that ends between the two units of one character.
        Row(.v3, "2:4\u{1F600}", []),
        Row(.v3, [1, 4, 255, 4, 1, 2, 3], []), Row(.v3, [0, 9, 255, 0x34], []), Row(.v3, [0, 255, 0x34], []),
        Row(.v3, [0, 1, 12, 255, 0x34], []), Row(.v3, [0] + [UInt8](repeating: 9, count: 12) + [255], []),
        Row(.v3, [0, 2, 255, 0x34, 0xC3], []), Row(.v3, [0], []),
    ]

    @Test(arguments: Self.wrong)
    func `anything else is refused`(row: Row) {
        #expect(throws: EngineIOError.self) {
            try EngineIOPayload.decode(ByteBuffer(bytes: row.payload), row.version)
        }
    }

    @Test(arguments: [EngineIOPlan.Version.v3, .v4])
    func `a payload of too many packets is refused`(version: EngineIOPlan.Version) throws {
        let packet = ByteBuffer(string: "2")
        let most = EngineIOPayload.encode(Array(repeating: packet, count: EngineIOPayload.maxPackets), version)
        #expect(try EngineIOPayload.decode(most, version).count == EngineIOPayload.maxPackets)
        let more = EngineIOPayload.encode(Array(repeating: packet, count: EngineIOPayload.maxPackets + 1), version)
        #expect(throws: EngineIOError.self) { try EngineIOPayload.decode(more, version) }
    }

    @Test(arguments: [EngineIOPlan.Version.v3, .v4])
    func `random bytes are refused or read within their own bounds`(version: EngineIOPlan.Version) {
        var generator = SplitMix64(seed: 11)
        // Bytes that the syntax is made of, so that the deeper branches are met as well.
        let alphabet: [UInt8] = [
            0, 1, 2, 9, 255, 0x1E, 0x30, 0x31, 0x32, 0x34, 0x3A, 0x62, 0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80,
        ]
        for _ in 0..<50_000 {
            let bytes = (0..<generator.uniform(below: 24)).map { _ in alphabet[generator.uniform(below: alphabet.count)]
            }
            // A buffer whose readable part does not begin at zero.
            var buffer = ByteBuffer(bytes: [0x39] + bytes)
            buffer.moveReaderIndex(forwardBy: 1)
            guard let packets = try? EngineIOPayload.decode(buffer, version) else { continue }
            #expect(packets.reduce(0) { $0 + $1.readableBytes } <= bytes.count)
            #expect(packets.allSatisfy { $0.readableBytes > 0 })
        }
    }
}
