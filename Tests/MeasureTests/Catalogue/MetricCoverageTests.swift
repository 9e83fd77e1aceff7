import Measure
import Signaling
import Testing

/// The catalogue against the assembly of metrics: neither may know a path that the other does not.
struct MetricCoverageTests {
    /// Samples of a run in which everything happened.
    private static var metrics: [String: Double] {
        var samples = LoopSamples()
        for receipt in [ReceiptClass.useful, .overheard, .echo, .duplicate, .stray] {
            samples.signaling.count(receipt, bytes: 100)
            samples.chatter.count(receipt, bytes: 100)
        }
        for probe in Probe.allCases {
            for value in 1...3000 { samples[probe].record(nanoseconds: Int64(value) * 1000) }
            samples[probe].censor(100)
        }
        samples.ledger.expected = 10
        samples.session.verified = 5
        samples.session.foreignPairs = 1
        samples.roomsCompleteAt = [1]
        samples.busiestLoop = 0.5
        let pair = PairProgress(
            sessionA: 0, sessionB: 1, room: 0, start: Instant(nanoseconds: 0), isCensored: false)
        samples.pairs = [PairOutcome(progress: pair, agentA: 0, agentB: 1)]
        var facts = RunFacts(agents: 2, rooms: 1)
        facts.predictedAmplification = 3
        (facts.generatorCPU, facts.generatorRSS, facts.generatorSeconds) = (0.1, 1, 1)
        (facts.backendCPU, facts.backendRSS, facts.backendSeconds) = (0.1, 1, 1)
        return MetricAssembly(samples: samples, facts: facts, drainMilliseconds: 5000).metrics()
    }

    @Test func `every metric of a run is in the catalogue`() {
        let unknown = Self.metrics.keys.filter { MetricCatalogue.find($0) == nil }.sorted()
        #expect(unknown == [])
    }

    @Test func `every metric of the catalogue can be in a run`() {
        let metrics = Self.metrics
        let missing = MetricCatalogue.all.map(\.path).filter { metrics[$0] == nil }
        #expect(missing == [])
    }
}
