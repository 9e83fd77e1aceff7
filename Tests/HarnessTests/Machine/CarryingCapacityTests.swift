import Harness
import Testing

struct CarryingCapacityTests {
    private static func facts(
        descriptors: UInt64 = 20_000, ports: ClosedRange<Int> = 32768...60999, memory: UInt64 = 8 << 30
    ) -> MachineFacts {
        MachineFacts(
            descriptorsSoft: 1024, descriptorsHard: descriptors, firstPort: ports.lowerBound,
            lastPort: ports.upperBound, cores: 2, memory: 16 << 30, memoryAvailable: memory, acceptQueue: 4096,
            kernel: "6.1")
    }

    @Test func `descriptors run out first on a plain machine`() throws {
        let capacity = CarryingCapacity(facts: Self.facts(), sharesMachine: true, isEmbedded: true)
        let first = try #require(capacity.first)
        #expect(first.side == .generator)
        #expect(first.resource == "file descriptors")
        #expect(first.agents == 20_000 - 64)
        #expect(capacity.limits.map(\.agents) == capacity.limits.map(\.agents).sorted())
    }

    @Test func `ports run out first when descriptors are plenty`() throws {
        let capacity = CarryingCapacity(
            facts: Self.facts(descriptors: 1_000_000), sharesMachine: true, isEmbedded: false)
        let first = try #require(capacity.first)
        #expect(first.resource == "local ports to one address and port")
        #expect(first.agents == 28_232)
        #expect(!capacity.limits.contains { $0.side == .backend })
    }

    @Test func `memory runs out first on a small machine`() throws {
        let capacity = CarryingCapacity(facts: Self.facts(memory: 64 << 20), sharesMachine: true, isEmbedded: true)
        let first = try #require(capacity.first)
        #expect(first.side == .machine)
        #expect(first.agents == 1024)
        #expect(!first.isCertain)
    }

    @Test func `a container's memory and quota count, where they are tighter than the machine's`() throws {
        var facts = Self.facts()
        (facts.memoryLimit, facts.memoryLeft, facts.cpuQuota) = (512 << 20, 128 << 20, 0.5)
        let report = DoctorReport(facts: facts)
        #expect(report.agents == 2_048 && report.deliveriesPerSecond == 20_000)
        let memory = try #require(report.limits.first)
        #expect(memory.because == "128 MiB left of the control group's 512 MiB, 64 KiB an agent")
        #expect(memory.raise.contains("container") && report.text.contains("allows 0.50 of 2 cores"), "\(report.text)")
        // One that allows more than there is changes nothing.
        (facts.memoryLimit, facts.memoryLeft, facts.cpuQuota) = (64 << 30, 60 << 30, 8)
        let wide = DoctorReport(facts: facts)
        #expect(wide.limits == DoctorReport(facts: Self.facts()).limits && wide.deliveriesPerSecond == 80_000)
        #expect(!wide.text.contains("quota"))
    }

    @Test func `compression costs each agent its windows`() throws {
        let capacity = CarryingCapacity(
            facts: Self.facts(memory: 332 << 20), sharesMachine: false, isEmbedded: false, compresses: true)
        #expect(capacity.limits.first { $0.resource == "memory" }?.agents == 1_024)
    }

    @Test func `a backend elsewhere costs this machine half the memory`() {
        let here = CarryingCapacity(facts: Self.facts(), sharesMachine: true, isEmbedded: false)
        let there = CarryingCapacity(facts: Self.facts(), sharesMachine: false, isEmbedded: false)
        let memory = { (capacity: CarryingCapacity) in capacity.limits.first { $0.resource == "memory" }?.agents }
        #expect(memory(there) == memory(here).map { $0 * 2 })
    }

    @Test func `a cure proposes no number that the flag refuses`() throws {
        let none = CarryingCapacity(facts: Self.facts(descriptors: 64), sharesMachine: true, isEmbedded: true)
        guard case .refusal(_, let cure) = try #require(Preflight.check(agents: 5, capacity: none).first) else {
            Issue.record("it is no refusal")
            return
        }
        #expect(!cure.contains("--agents") && !cure.isEmpty, "\(cure)")
    }

    @Test func `what certainly runs out is refused, naming the side and the cure`() throws {
        let capacity = CarryingCapacity(
            facts: Self.facts(descriptors: 256), sharesMachine: true, isEmbedded: true)
        let findings = Preflight.check(agents: 1000, capacity: capacity)
        guard case .refusal(let message, let cure) = try #require(findings.first) else {
            Issue.record("no refusal: \(findings)")
            return
        }
        #expect(message.contains("generator"))
        #expect(message.contains("file descriptors"))
        #expect(message.contains("192"))
        #expect(cure.contains("ulimit -n"))
    }

    @Test func `what may run out is a warning, and what fits is silent`() throws {
        let small = CarryingCapacity(facts: Self.facts(memory: 64 << 20), sharesMachine: true, isEmbedded: true)
        guard case .warning(let text) = try #require(Preflight.check(agents: 2000, capacity: small).first) else {
            Issue.record("no warning")
            return
        }
        #expect(text.contains("memory"))
        let large = CarryingCapacity(facts: Self.facts(), sharesMachine: true, isEmbedded: true)
        #expect(Preflight.check(agents: 2000, capacity: large).isEmpty)
    }

    @Test func `the facts of this machine are sane`() {
        let facts = MachineFacts.read()
        #expect(facts.cores >= 1)
        #expect(facts.descriptorsHard >= facts.descriptorsSoft)
        #expect(facts.ports > 0)
        #expect(facts.memory > facts.memoryAvailable)
        #expect(!facts.kernel.isEmpty)
    }
}
