import NIOCore
import Signaling
import Testing

@testable import Backends

/// The client's machine, packet by packet.
struct EngineIOClientTests {
    private static let start = Instant(nanoseconds: 5_000_000_000)
    private static let open =
        #"0{"sid":"abc","upgrades":["websocket"],"pingInterval":1000,"pingTimeout":500,"maxPayload":9}"#

    private func sent(_ out: inout Outbox) throws -> [String] {
        try decode([out.takeBytes()[...]], role: .server).map { String(buffer: $0.payload) }
    }

    @Test func `revision 4: the server pings, the client answers, silence ends it`() throws {
        var client = EngineIOClient(.v4)
        var out = Outbox(seed: 1)
        #expect(client.deadline == nil)
        #expect(try client.take(ByteBuffer(string: Self.open), now: Self.start, into: &out) == .opened)
        #expect(client.handshake?.maxPayload == 9 && client.handshake?.offersWebSocket == true)
        #expect(client.deadline == Self.start + 1_500_000_000)
        #expect(try client.take(ByteBuffer(string: "2"), now: Self.start + 1_000_000_000, into: &out) == .control)
        #expect(try self.sent(&out) == ["3"])
        #expect(
            try client.take(ByteBuffer(string: "4hi"), now: Self.start + 2_000_000_000, into: &out) == .message(1..<3))
        try client.expired(now: Self.start + 3_000_000_000, into: &out)
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try client.expired(now: Self.start + 3_500_000_000, into: &out)
        }
    }

    @Test func `revision 3: the client pings`() throws {
        var client = EngineIOClient(.v3)
        var out = Outbox(seed: 1)
        _ = try client.take(ByteBuffer(string: Self.open), now: Self.start, into: &out)
        #expect(client.deadline == Self.start + 1_000_000_000)
        try client.expired(now: Self.start + 1_000_000_000, into: &out)
        #expect(try self.sent(&out) == ["2"])
        #expect(try client.take(ByteBuffer(string: "3"), now: Self.start + 1_000_000_000, into: &out) == .control)
        #expect(client.deadline == Self.start + 2_000_000_000)
        #expect(try client.take(ByteBuffer(string: "1"), now: Self.start, into: &out) == .closed)
    }

    @Test(arguments: [
        "", "4hi", "0", "0{}", "0[]", #"0{"sid":"a","pingInterval":0,"pingTimeout":1}"#,
        #"0{"sid":"","pingInterval":1,"pingTimeout":1}"#, #"0{"sid":"a","pingInterval":1e99,"pingTimeout":1}"#,
    ])
    func `a bad greeting is an error`(packet: String) {
        var client = EngineIOClient(.v4)
        var out = Outbox(seed: 1)
        #expect(throws: DialectError.self) {
            try client.take(ByteBuffer(string: packet), now: Self.start, into: &out)
        }
    }

    @Test(arguments: ["", "5", "9", "x", Self.open, "2" + String(repeating: "x", count: 200)])
    func `a packet out of place is an error`(packet: String) throws {
        var client = EngineIOClient(.v4)
        var out = Outbox(seed: 1)
        _ = try client.take(ByteBuffer(string: Self.open), now: Self.start, into: &out)
        #expect(throws: DialectError.self) {
            try client.take(ByteBuffer(string: packet), now: Self.start, into: &out)
        }
    }
}
