import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

/// Several runs at once on one server: they do not meet, or the figures of each stay its own.
struct TwoRunsTests {
    private static func profile(prefix: String?) -> Profile {
        var profile = Profile()
        profile.agents = 12
        profile.rooms.layout = .size(3)
        profile.rooms.prefix = prefix
        profile.arrival.pattern = .constant
        profile.calls.when = .present
        profile.calls.gap = .seconds(1)
        profile.signaling.candidates = .init(offerer: 2, answerer: 2)
        profile.signaling.pacing = .none
        profile.signaling.timeout = .seconds(2)
        profile.phases.warmup = .seconds(1)
        profile.phases.steady = .seconds(6)
        return profile
    }

    /// Plays runs with these prefixes at once, against one relay.
    private static func play(_ prefixes: [String?], backend: String = "relay") throws -> [LoopSamples] {
        let simulation = Simulation(seed: 7, links: LinkOptions(delay: .fixed(.milliseconds(2))))
        try simulation.serve(backend)
        let loop = simulation.loop
        let settings = BackendSettings(id: backend, url: try BackendURL.parse("ws://server/"))
        let capabilities = try BackendCatalogue.capabilities(settings)
        let runs = prefixes.enumerated().map { number, prefix in
            let profile = Self.profile(prefix: prefix)
            let configuration = CellConfiguration(
                plan: Planner.plan(profile, seed: 1), profile: profile, settings: settings, capabilities: capabilities,
                runID: 0xC0FF_EE00 + UInt32(number), loops: 1, isSimulated: true)
            return FleetRun(configuration, network: simulation.network)
        }
        let ends = runs.map {
            $0.start(on: [loop], beforeClosing: { loop.makeSucceededVoidFuture() }, onSnapshot: { _ in })
        }
        let all = EventLoopFuture.whenAllSucceed(ends, on: loop)
        let outcomes = try #require(try simulation.run(until: all, within: .minutes(2))?.get())
        #expect(outcomes.allSatisfy { $0.ending == .completed })
        _ = simulation.finish()
        return outcomes.map(\.samples)
    }

    private func metrics(_ samples: LoopSamples) -> [String: Double] {
        MetricAssembly(samples: samples, facts: RunFacts(agents: 12, rooms: 4), drainMilliseconds: 5_000).metrics()
    }

    @Test func `a run's rooms bear its own digits, a text of the profile, or nothing`() {
        #expect(Self.profile(prefix: nil).rooms.prefix(run: 0xC0FFEE) == "00c0ffee-")
        #expect(Self.profile(prefix: "").rooms.prefix(run: 1).isEmpty)
        #expect(Self.profile(prefix: "a/").rooms.prefix(run: 1) == "a/")
    }

    @Test(arguments: [[nil, nil], ["a-", "b-"], ["", nil]] as [[String?]])
    func `two runs at once on one server do not meet`(prefixes: [String?]) throws {
        let alone = try #require(try Self.play([nil]).first)
        for samples in try Self.play(prefixes) {
            #expect(samples.session.foreign == 0 && samples.session.foreignMembers == 0)
            #expect(samples.traffic.sent == alone.traffic.sent)
            #expect(samples.traffic.deliveries == alone.traffic.deliveries)
            #expect(samples.ledger.delivered == alone.ledger.delivered && samples.ledger.lost == 0)
            #expect(samples.pairs.count == 12 && samples.pairs.allSatisfy { $0.progress.connectableAt != nil })
        }
    }

    /// With `maxConnections: auto` each member has two places, and five others who call it.
    @Test(arguments: ["relay", "relay-routed"])
    func `runs that meet take no place and no amplification from each other`(backend: String) throws {
        let alone = self.metrics(try #require(try Self.play([nil], backend: backend).first))
        for samples in try Self.play(["", ""], backend: backend) {
            let metrics = self.metrics(samples)
            #expect(samples.session.foreignMembers == 12 && samples.session.foreign > 0)
            #expect(samples.pairs.allSatisfy { $0.progress.connectableAt != nil })
            #expect(metrics["negotiation.failed.refusedMax"] == 0)
            for path in ["amplification.messages", "amplification.remote", "amplification.bytes"] {
                #expect(metrics[path] == alone[path], "\(path)")
            }
            #expect(samples.ledger.lost == 0 && samples.traffic.duplicate == 0)
            #expect(Checks.identities(samples) == [])
        }
    }

    @Test(arguments: [(Profile.Foreign.unexpected, false), (.expected, true)])
    func `members that nobody expected make a run invalid`(foreign: Profile.Foreign, isFit: Bool) throws {
        let samples = try #require(try Self.play(["", ""]).first)
        var inputs = ValidityInputs(
            sendLateness: .init(samples: 0), fanoutP99: nil, loopLag: .init(p99: 1, samples: 300), busiestLoop: nil,
            agentsRequested: 12, agentsConnected: 12, messagesSent: samples.traffic.sent,
            deliveriesExpected: samples.ledger.expected)
        inputs.foreign.members = samples.session.foreignMembers
        inputs.foreign.messages = samples.session.foreign
        inputs.foreign.ownMessages = samples.traffic.deliveries
        inputs.foreign.isExpected = foreign == .expected
        let validity = ValidityJudge(inputs).judge()
        #expect(validity.fit == isFit)
        let check = try #require(validity.checks.first { $0.name == "foreign members" })
        #expect(check.fit == isFit && (check.value ?? 0) >= 0.5)
        #expect(check.explanation.contains("12 members"))
    }
}
