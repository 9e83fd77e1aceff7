import Signaling
import Testing

struct UnknownEventsTests {
    @Test func `counts add up, the commonest are shown, and a flood of names is bounded`() {
        var events = UnknownEvents()
        for name in ["news", "chat", "chat", "a"] { events.add(name) }
        var other = UnknownEvents()
        for number in 0..<1_000 { other.add("once \(number)") }
        other.add("once 0", 6)
        #expect(other.counts.count == 64)
        events.add(other)
        #expect(events.counts.count == 64 && events.counts["chat"] == 2 && events.counts["once 0"] == 7)
        #expect(events.line == "'once 0' (7), 'chat' (2), 'a' (1) and 61 more")
        #expect(UnknownEvents().line == "" && UnknownEvents().isEmpty)
    }

    @Test func `a long name is cut, and stays one name`() {
        var events = UnknownEvents()
        for end in ["x", "y"] { events.add(String(repeating: "n", count: 100) + end) }
        #expect(events.counts == [String(repeating: "n", count: 64): 2])
    }
}
