import Foundation
import Harness
import Testing

struct ProcessStatTests {
    private static let fields = "S 41 42 42 0 -1 4194560 100 0 0 0 250 50 7 3 20 0 5 0 100 5000000 1234 1844"

    @Test(arguments: ["bash", "a b", "evil) S 1 (x", "()", ""])
    func `a name may hold spaces and parentheses`(name: String) throws {
        let stat = try #require(ProcessStat(line: "42 (\(name)) \(Self.fields)\n"))
        #expect(stat.pid == 42)
        #expect(stat.name == name)
        #expect(stat.state == "S")
        #expect(stat.parent == 41)
        #expect(stat.ticks == 300)
        #expect(stat.childTicks == 10)
        #expect(stat.threads == 5)
        #expect(stat.residentPages == 1234)
    }

    @Test(arguments: ["", "42", "42 (x", "42 (x) S 1 2", "x (y) \(ProcessStatTests.fields)", ")42 ("])
    func `what is not a stat line is refused`(line: String) {
        #expect(ProcessStat(line: line) == nil)
    }

    @Test func `this process is alive and an impossible one is not`() {
        #expect(ProcessStat.isAlive(ProcessInfo.processInfo.processIdentifier))
        #expect(!ProcessStat.isAlive(Int32.max))
    }

    @Test func `steal is the stolen share of the machine's time`() throws {
        let earlier = try #require(CPUTimes(text: "cpu  100 0 50 800 10 0 0 40 5 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n"))
        let later = try #require(CPUTimes(text: "cpu  150 0 50 830 10 0 0 60 5 0\n"))
        #expect(earlier.total == 1000)
        #expect(later.steal(since: earlier) == 0.2)
        #expect(earlier.steal(since: earlier) == nil)
        #expect(CPUTimes(text: "cpu0 1 2 3\n") == nil)
    }

    @Test func `memory is read in bytes`() {
        let memory = MachineFacts.memoryInformation("MemTotal:  2048 kB\nMemFree: 1 kB\nMemAvailable: 1024 kB\n")
        #expect(memory.total == 2 << 20)
        #expect(memory.available == 1 << 20)
    }
}
