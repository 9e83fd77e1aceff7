import Measure
import Testing

struct ValidityJudgeTests {
    /// A change of one input that must spoil a good run, the check that it spoils and words of cause and cure.
    struct Spoiler: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let check: String
        let words: [String]
        let spoil: @Sendable (inout ValidityInputs) -> Void
    }

    private static var good: ValidityInputs {
        ValidityInputs(
            sendLateness: ValidityInputs.Tail(p99: 1, max: 4, samples: 10_000), fanoutP99: 30,
            loopLag: ValidityInputs.Tail(p99: 2, max: 12, samples: 2000), busiestLoop: 0.4, agentsRequested: 200,
            agentsConnected: 200, messagesSent: 10_000, deliveriesExpected: 40_000)
    }

    private static let spoilers: [Spoiler] = [
        Spoiler(testDescription: "late sends", check: "send lateness", words: ["5.1 ms", "limit 5 ms", "fewer agents"])
        {
            $0.sendLateness.p99 = 5.1
        },
        Spoiler(testDescription: "late sends beside a slow backend", check: "send lateness", words: ["limit 10 ms"]) {
            $0.fanoutP99 = 100
            $0.sendLateness.p99 = 10.5
        },
        Spoiler(testDescription: "late sends without chatter", check: "send lateness", words: ["no fan-out latency"]) {
            $0.fanoutP99 = nil
            $0.sendLateness.p99 = 5.1
        },
        Spoiler(testDescription: "few sends of which one is late", check: "send lateness", words: ["greatest 6 ms"]) {
            $0.sendLateness = ValidityInputs.Tail(p99: nil, max: 6, samples: 20)
        },
        Spoiler(testDescription: "lagging loops", check: "loop lag", words: ["21 ms", "2000 probes", "less busy"]) {
            $0.loopLag.p99 = 21
        },
        Spoiler(testDescription: "a short run with one great lag", check: "loop lag", words: ["greatest 25 ms"]) {
            $0.loopLag = ValidityInputs.Tail(p99: nil, max: 25, samples: 100)
        },
        Spoiler(testDescription: "no probe at all", check: "loop lag", words: ["never probed", "longer"]) {
            $0.loopLag = ValidityInputs.Tail(samples: 0)
        },
        Spoiler(testDescription: "a full loop", check: "busiest loop", words: ["95 %", "limit 90 %", "more loops"]) {
            $0.busiestLoop = 0.95
        },
        Spoiler(
            testDescription: "no descriptors left", check: "agents", words: ["150 of 200", "generator", "ulimit -n"]
        ) {
            $0.agentsConnected = 150
            $0.agentsRefusedLocally = 50
        },
        Spoiler(
            testDescription: "a backend that refuses", check: "agents", words: ["199 of 200", "the backend refused"]
        ) {
            $0.agentsConnected = 199
        },
        Spoiler(
            testDescription: "both sides run out", check: "agents",
            words: ["for 20", "the backend refused or did not answer 30"]
        ) {
            $0.agentsConnected = 150
            $0.agentsRefusedLocally = 20
        },
        Spoiler(
            testDescription: "unsent messages", check: "unsent messages", words: ["200 of 10200", "lower the rate"]
        ) {
            $0.messagesUnsent = 200
        },
        Spoiler(
            testDescription: "nothing owed", check: "samples", words: ["no delivery was ever required", "rooms of two"]
        ) {
            $0.deliveriesExpected = 0
        },
    ]

    @Test func `a good run is fit, with every check and no reason`() {
        let validity = ValidityJudge(Self.good).judge()
        #expect(validity.fit)
        #expect(validity.reasons.isEmpty)
        #expect(
            validity.checks.map(\.name) == [
                "send lateness", "loop lag", "busiest loop", "agents", "unsent messages", "samples",
                "latencies below zero",
            ])
        #expect(validity.checks.allSatisfy { ($0.fit == true) == ($0.value != nil) })
    }

    @Test(arguments: spoilers)
    func `one thing wrong makes a run unfit for one named reason`(spoiler: Spoiler) throws {
        var inputs = Self.good
        spoiler.spoil(&inputs)
        let validity = ValidityJudge(inputs).judge()
        #expect(!validity.fit)
        #expect(validity.checks.filter { $0.fit == false }.map(\.name) == [spoiler.check])
        let reason = try #require(validity.reasons.first)
        #expect(validity.reasons.count == 1)
        for words in spoiler.words { #expect(reason.contains(words), "\(reason)") }
        #expect(!reason.hasSuffix("."), "reports join the sentences themselves")
    }

    @Test func `limits of the profile are kept exactly at their edge`() {
        var inputs = Self.good
        inputs.fanoutP99 = 200
        inputs.sendLateness.p99 = 20
        inputs.loopLag.p99 = 20
        inputs.busiestLoop = 0.9
        #expect(ValidityJudge(inputs).judge().fit)
        let tight = ValidityLimits(latenessShare: 0.05, loopLag: 2, cpu: 0.7)
        let validity = ValidityJudge(inputs, limits: tight).judge()
        #expect(
            validity.checks.filter { $0.fit == false }.map(\.name) == ["send lateness", "loop lag", "busiest loop"])
        #expect(validity.reasons.count == 3)
    }

    @Test func `few unsent messages spoil nothing, and many do, whoever else lost a connection`() {
        var inputs = Self.good
        inputs.messagesUnsent = 100
        #expect(ValidityJudge(inputs).judge().fit, "99 of 100 are sent")
        inputs.messagesUnsent = 5000
        inputs.hasLosses = true
        #expect(!ValidityJudge(inputs).judge().fit)
    }

    @Test func `a check without a value is neither held nor failed`() {
        var inputs = Self.good
        inputs.busiestLoop = nil
        inputs.sendLateness = .init(samples: 0)
        let validity = ValidityJudge(inputs).judge()
        #expect(validity.fit)
        #expect(validity.checks.filter { $0.fit == nil }.map(\.name).contains("busiest loop"))
        #expect(validity.checks.filter { $0.fit == nil }.map(\.name).contains("send lateness"))
    }

    @Test func `loop lag is judged beside the latencies, unless the profile allows more than usual`() {
        var inputs = Self.good
        inputs.fanoutP99 = 1
        inputs.loopLag.p99 = 6
        #expect(!ValidityJudge(inputs).judge().fit, "5 ms are always allowed, and no more")
        inputs.fanoutP99 = 100
        #expect(ValidityJudge(inputs).judge().fit)
        inputs.fanoutP99 = 1
        #expect(ValidityJudge(inputs, limits: ValidityLimits(loopLag: 500)).judge().fit)
    }

    @Test(
        arguments: [
            (1_000, 1_000, false, true), (1_009, 1_000, false, true), (1_011, 1_000, false, false),
            (900, 1_000, true, nil),
        ] as [(Int64, UInt64, Bool, Bool?)])
    func `a broker's own count is held to ours`(theirs: Int64, ours: UInt64, hasLosses: Bool, fit: Bool?) {
        var inputs = Self.good
        inputs.broker = (theirs: theirs, ours: ours)
        inputs.hasLosses = hasLosses
        let check = ValidityJudge(inputs).judge().checks.first { $0.name == "broker's own count" }
        #expect(check?.fit == fit)
        inputs.foreign.messages = 1
        inputs.foreign.ownMessages = 1_000
        let foreign = ValidityJudge(inputs).judge().checks.first { $0.name == "broker's own count" }
        #expect(foreign?.fit == (theirs == Int64(ours) ? true : nil))
    }

    @Test(
        arguments: [
            (0, 10, false, true), (0, 11, false, false), (2, 0, false, true), (3, 0, false, false),
            (99, 990, true, true),
        ]
            as [(UInt64, UInt64, Bool, Bool)])
    func `up to one in a hundred members and messages may be others'`(
        members: UInt64, messages: UInt64, isExpected: Bool, fit: Bool
    ) {
        var inputs = Self.good
        (inputs.agentsRequested, inputs.agentsConnected) = (200, 200)
        inputs.foreign.members = members
        inputs.foreign.messages = messages
        inputs.foreign.ownMessages = 990
        inputs.foreign.isExpected = isExpected
        let validity = ValidityJudge(inputs).judge()
        #expect(validity.fit == fit)
        inputs.foreign = .init()
        #expect(!ValidityJudge(inputs).judge().checks.contains { $0.name == "foreign members" })
    }

    @Test func `a quota that stopped the generator makes a run unfit`() {
        var inputs = Self.good
        inputs.throttled = 0.04
        #expect(ValidityJudge(inputs).judge().fit)
        inputs.throttled = 0.2
        let validity = ValidityJudge(inputs).judge()
        #expect(!validity.fit && validity.reasons.first?.contains("20 % of steady") == true)
        #expect(ValidityJudge(inputs, limits: ValidityLimits(throttled: 1)).judge().fit)
    }

    @Test func `a latency below zero is a defect of the instrument`() {
        var inputs = Self.good
        inputs.latencies = 1_000
        #expect(ValidityJudge(inputs).judge().fit)
        inputs.negative = 1
        #expect(!ValidityJudge(inputs).judge().fit)
    }

    @Test func `a lost backend is named and does not make the instrument unfit`() {
        var inputs = Self.good
        inputs.backendLost = "all 200 agents lost their connections at 12.3 s"
        inputs.agentsConnected = 20
        inputs.messagesUnsent = 9000
        inputs.deliveriesExpected = 0
        let lost = ValidityJudge(inputs).judge()
        #expect(lost.fit)
        let unjudged = lost.checks.filter { $0.fit == nil }.map(\.name)
        #expect(["agents", "unsent messages", "samples"].allSatisfy(unjudged.contains), "\(unjudged)")
        #expect(lost.reasons == ["The backend was lost mid-run: all 200 agents lost their connections at 12.3 s"])
        inputs.loopLag.p99 = 500
        let both = ValidityJudge(inputs).judge()
        #expect(!both.fit, "the generator's own speed is judged all the same")
        #expect(both.reasons.count == 2)
    }

    @Test func `a plan that only holds its agents owes no delivery`() {
        var inputs = Self.good
        inputs.deliveriesExpected = 0
        inputs.plansDeliveries = false
        #expect(ValidityJudge(inputs).judge().fit)
    }

    @Test func `what was not sampled is shown as absent and not as 0`() throws {
        var inputs = Self.good
        inputs.busiestLoop = nil
        inputs.sendLateness = ValidityInputs.Tail(samples: 0)
        let validity = ValidityJudge(inputs).judge()
        #expect(validity.fit)
        #expect(try #require(validity.checks.first { $0.name == "busiest loop" }).value == nil)
        #expect(try #require(validity.checks.first { $0.name == "send lateness" }).value == nil)
    }

    @Test func `the tail of a distribution is its p99 from 299 samples on`() {
        var histogram = LatencyHistogram()
        for _ in 0..<298 { histogram.record(nanoseconds: 1_000_000) }
        #expect(ValidityInputs.Tail(histogram).p99 == nil)
        #expect(ValidityInputs.Tail(histogram).name == "p95")
        #expect(ValidityInputs.Tail(histogram).max == 1)
        histogram.record(nanoseconds: 1_000_000)
        #expect(ValidityInputs.Tail(histogram) == ValidityInputs.Tail(p99: 1, max: 1, samples: 299))
    }
}
