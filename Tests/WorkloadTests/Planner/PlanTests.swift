import Testing

@testable import Workload

@Suite struct PlanTests {
    private static func profile(_ text: String) throws -> Profile {
        try ProfileReader.read(text: text, file: "p.yaml")
    }

    static let texts = [
        "agents: 50", "agents: 50\nchurn: {stay: 3s}", "agents: 41\nrooms: {size: 5, fill: sequential}",
        "agents: 50\ncalls: {when: present, gap: 100ms}",
        "agents: 50\ncalls: {when: present, spread: 200ms, callers: 2}\nchurn: {stay: 4s, rejoin: 0s}",
        "agents: 9\nrooms: {size: 9}\narrival: {pattern: burst}\nchatter: {rate: 0}",
        "agents: 60\nrooms: {sizes: {2: 50%, 7: 50%}}\narrival: {pattern: ramp}",
    ]

    @Test(arguments: Self.texts, [UInt64(1), 7, 2026])
    func `a plan hangs together`(text: String, seed: UInt64) throws {
        let profile = try Self.profile(text)
        let plan = Planner.plan(profile, seed: seed)
        #expect(plan.agents.count == profile.agents)
        #expect(plan.rooms.flatMap(\.members).sorted() == Array(0..<profile.agents))
        for agent in plan.agents {
            #expect(plan.rooms[agent.room].members[agent.slot] == agent.index)
            #expect(!agent.sessions.isEmpty)
            for (instance, index) in agent.sessions.enumerated() {
                let session = plan.sessions[index]
                #expect(session.agent == agent.index && session.instance == instance)
                #expect(session.arrive < session.depart && session.depart <= plan.phases.steadyEnd)
                #expect(session.departsEarly == (session.depart < plan.phases.steadyEnd))
                if instance > 0 { #expect(plan.sessions[index - 1].depart <= session.arrive) }
            }
            #expect((0..<(plan.chatterPeriod ?? 1)).contains(agent.chatterPhase))
        }
        #expect(plan.sessions.count == plan.agents.reduce(0) { $0 + $1.sessions.count })
        #expect(plan.calls.map(\.at) == plan.calls.map(\.at).sorted())
        for call in plan.calls {
            let session = plan.sessions[call.session]
            #expect(session.agent == call.agent)
            #expect(session.arrive <= call.at && call.at < session.depart)
        }
        let orders = Dictionary(grouping: plan.calls) { plan.agents[$0.agent].room }.values.map { $0.map(\.order) }
        #expect(orders.allSatisfy { $0 == Array(0..<$0.count) }, "seed \(seed)")
        let firsts = plan.agents.map { plan.sessions[$0.sessions.lowerBound].arrive }
        #expect(plan.phases.rampEnd >= (firsts.max() ?? 0))
        #expect(
            plan.phases.steadyEnd - plan.phases.rampEnd
                == (profile.phases.warmup.nanoseconds + profile.phases.steady.nanoseconds))
        #expect(plan.expectedPairs + plan.censoredPairs == plan.pairs.count)
    }

    @Test(arguments: Self.texts)
    func `a digest is stable, and sensitive to the seed`(text: String) throws {
        let profile = try Self.profile(text)
        let digest = Planner.plan(profile, seed: 1).digest
        #expect(digest.count == 32)
        #expect(Planner.plan(profile, seed: 1).digest == digest)
        #expect(Planner.plan(profile, seed: 2).digest != digest)
    }

    @Test(arguments: [
        ("rooms: {size: 8}", true), ("arrival: {rate: 51/s}", true), ("phases: {drain: 6s}", true),
        ("chatter: {rate: 2/s}", true), ("signaling: {timeout: 9s}", true), ("churn: {stay: 30s}", true),
        ("phases: {leave: 1s}", true), ("phases: {leave: 4s}", false), ("leave: vanish", true),
        ("name: other", false), ("rooms: {prefix: a-}", false), ("backend: {id: mqtt}", false),
    ])
    func `a digest covers what is planned`(text: String, changes: Bool) throws {
        let standard = Planner.plan(Profile(), seed: 1).digest
        #expect((Planner.plan(try Self.profile(text), seed: 1).digest != standard) == changes)
    }

    /// The same on every machine; a change of these is a change of every published plan.
    @Test(arguments: [
        ("", "0b46c5125d56a8f5ad2965b0aecda11d"),
        (
            "agents: 400\nrooms: {sizes: {2: 60%, 4: 30%, 8: 10%}}\narrival: {pattern: ramp}\nchurn: {stay: 10s}",
            "c0a192947ad6efadbfe22da1fa3b911d"
        ),
    ])
    func `these plans have these digests on every machine`(text: String, digest: String) throws {
        let found = Planner.plan(try Self.profile(text), seed: 1).digest
        #expect(found == digest)
    }

    /// Of 200 agents that arrive at 50 a second, 4 s apart from first to last.
    @Test(arguments: [
        ("", 4_000), ("phases: {leave: 1500ms}", 1_500), ("phases: {leave: 0s}", 0), ("arrival: {pattern: burst}", 0),
        ("leave: vanish\nphases: {leave: 3s}", 0), ("agents: 10000", 5_000), ("arrival: {rate: 400/s}", 500),
    ])
    func `members leave over the time of their arrivals, or over that which the profile says`(
        text: String, milliseconds: Int64
    ) throws {
        let plan = Planner.plan(try Self.profile(text), seed: 1)
        let phases = plan.phases
        #expect(phases.leaveEnd - phases.steadyEnd == milliseconds * 1_000_000)
        #expect(phases.drainLimit - phases.leaveEnd == 5_000_000_000)
        #expect(plan.leaves(agent: 0) == phases.steadyEnd)
        let times = plan.agents.map { plan.leaves(agent: $0.index) }
        #expect(times == times.sorted() && Set(times).count == (milliseconds == 0 ? 1 : plan.agents.count))
        #expect(times.allSatisfy { $0 >= phases.steadyEnd && $0 <= phases.leaveEnd })
    }

    @Test func `a run without chatter has no period`() throws {
        #expect(Planner.plan(try Self.profile("chatter: {rate: 0}"), seed: 1).chatterPeriod == nil)
        #expect(Planner.plan(try Self.profile("chatter: {rate: 3/s}"), seed: 1).chatterPeriod == 333_333_333)
    }

    @Test func `names of rooms have one length`() throws {
        let plan = Planner.plan(
            try Self.profile("agents: 12000\nrooms: {size: 1}\ncalls: {when: present, callers: 0}"), seed: 1)
        #expect(plan.rooms[0].name == "room-00000")
        #expect(plan.rooms[11_999].name == "room-11999")
        #expect(Set(plan.rooms.map(\.name)).count == 12_000)
        #expect(plan.calls.isEmpty && plan.pairs.isEmpty)
    }

    @Test func `maxConnections auto is the room's size less one`() throws {
        let auto = Planner.plan(try Self.profile("agents: 7\nrooms: {count: 2}"), seed: 1)
        #expect(auto.rooms.map(\.maxConnections) == [3, 2])
        let three = Planner.plan(try Self.profile("agents: 7\nsignaling: {maxConnections: 3}"), seed: 1)
        #expect(three.rooms.map(\.maxConnections) == [3, 3])
    }

    @Test func `changing one key leaves the draws of the others`() throws {
        let a = Planner.plan(try Self.profile("agents: 50"), seed: 1)
        let b = Planner.plan(try Self.profile("agents: 50\nchurn: {stay: 5s}"), seed: 1)
        #expect(a.agents.map(\.chatterPhase) == b.agents.map(\.chatterPhase))
        #expect(
            a.agents.map { a.sessions[$0.sessions.lowerBound].arrive }
                == b.agents.map { b.sessions[$0.sessions.lowerBound].arrive })
    }

    @Test func `stays and absences have the means asked for`() throws {
        let plan = Planner.plan(
            try Self.profile("agents: 400\nchurn: {stay: 2s, rejoin: 1s}\nphases: {steady: 100s}"), seed: 5)
        let complete = plan.sessions.filter(\.departsEarly)
        let total = complete.reduce(Int64(0)) { $0 + $1.depart - $1.arrive }
        let stay = Double(total) / Double(complete.count)
        #expect(abs(stay / 2e9 - 1) < 0.05)
        var absences: [Double] = []
        for agent in plan.agents {
            for index in agent.sessions.dropFirst() {
                absences.append(Double(plan.sessions[index].arrive - plan.sessions[index - 1].depart))
            }
        }
        let absence = absences.reduce(0.0, +) / Double(absences.count)
        #expect(abs(absence / 1e9 - 1) < 0.05)
    }
}
