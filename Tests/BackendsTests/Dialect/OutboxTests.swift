import Backends
import NIOCore
import Testing

@Suite struct OutboxTests {
    @Test func `frames come out masked, whole and in order`() throws {
        var out = Outbox(seed: 7)
        #expect(out.takeBytes().isEmpty)
        out.text("one")
        out.pong(ByteBuffer(string: "two"))
        out.text(Array(String(repeating: "x", count: 70_000).utf8))
        out.closeFrame(code: 1000, reason: "bye")
        let wire = out.takeBytes()
        #expect(out.takeBytes().isEmpty)
        let messages = try decode([wire[...]], role: .server)
        #expect(messages.map(\.opcode) == [.text, .pong, .text, .close])
        #expect(String(buffer: messages[0].payload) == "one")
        #expect(messages[2].payload.readableBytes == 70_000)
        #expect(messages[3].close.reason == "bye")
    }

    @Test func `what was taken does not change when more is said`() throws {
        var out = Outbox(seed: 7)
        out.text("first")
        let taken = out.takeWire()
        let first = try #require(taken)
        let copy = Array(first.readableBytesView)
        out.text("second")
        #expect(Array(first.readableBytesView) == copy)
        let second = try decode([out.takeBytes()[...]], role: .server)
        #expect(second.map { String(buffer: $0.payload) } == ["second"])
    }

    @Test func `keys differ from frame to frame`() {
        var out = Outbox(seed: 7)
        var keys: Set<ArraySlice<UInt8>> = []
        for _ in 0..<100 {
            out.text("")
            keys.insert(out.takeBytes().suffix(4))
        }
        #expect(keys.count == 100)
    }

    @Test func `the first wish to close counts and is handed over once`() {
        var out = Outbox(seed: 7)
        #expect(out.takeClose() == nil)
        out.close(.refused)
        out.close(.timeout("an answer"))
        #expect(out.takeClose() == .refused)
        #expect(out.takeClose() == nil)
    }
}
