import Testing

@testable import Workload

/// What no machine can carry out is a mistake with a place, never a trap.
@Suite struct PlanBoundsTests {
    static let tooLong: [(String, String)] = [
        ("agents: 6000\narrival: {rate: 0.002/h}", "p.yaml:2:17: error: arrival.rate"),
        ("agents: 6000\narrival: {rate: 0.002/h, pattern: constant}", "p.yaml:2:17: error: arrival.rate"),
        ("agents: 6000\narrival: {pattern: ramp, rate: 0.002/h}", "p.yaml:2:32: error: arrival.rate"),
        ("calls: {when: present, gap: 1000h}", "p.yaml:1:29: error: calls.gap"),
        ("agents: 4096\nrooms: {size: 4096}\ncalls: {when: present, gap: 24h}", "p.yaml:3:29: error: calls.gap"),
    ]

    @Test(arguments: Self.tooLong)
    func `a plan that takes too long is a mistake`(text: String, start: String) throws {
        do {
            let profile = try ProfileReader.read(text: text, file: "p.yaml")
            _ = Planner.plan(profile, seed: 1)
            Issue.record("read and planned")
        } catch {
            #expect(error.description.hasPrefix(start), "\(error)")
        }
    }

    /// What a key needs beside it to mean something.
    private static func base(for path: String) -> String {
        let rate = path == "agents" ? "arrival: {pattern: burst}\n" : ""
        if path.hasPrefix("rooms.") || path == "agents" { return rate }
        if path.hasPrefix("calls.") && path != "calls.when" { return "agents: 9\ncalls: {when: present}" }
        if path.hasPrefix("churn.") { return "agents: 9\nchurn: {stay: 10s}" }
        if path.hasPrefix("signaling.payload.") { return "agents: 9\nsignaling: {ice: vanilla, payload: {}}" }
        return "agents: 9"
    }

    /// Whether the reader takes the text; plans and prepares payload when it does.
    private static func isTaken(_ argument: String, base: String) throws -> Bool {
        let override = try #require(ProfileReader.Override.set(argument))
        do {
            let profile = try ProfileReader.read(text: base, file: "p.yaml", overrides: [override])
            let plan = Planner.plan(profile, seed: .max)
            #expect(plan.phases.drainLimit >= plan.phases.steadyEnd)
            _ = PayloadPool(profile: profile, seed: .max)
            for setting in profile.settings { #expect(!setting.key.isEmpty) }
            return true
        } catch {
            #expect(!error.diagnostics.isEmpty)
            return false
        }
    }

    @Test(arguments: ProfileKeys.all.map(\.path))
    func `no extreme of a key traps, and a key with a range takes one and refuses another`(path: String) throws {
        let key = try #require(ProfileKeys.all.first { $0.path == path })
        #expect(key.extremes.count >= 2)
        let taken = try key.extremes.map { try Self.isTaken("\(path)=\($0)", base: Self.base(for: path)) }
        guard key.extremes.contains(where: { $0.contains("99999999") || $0.hasPrefix("-1") }) else { return }
        #expect(taken.contains(true) && taken.contains(false))
    }

    @Test(arguments: [
        "agents: 1000000\nrooms: {size: 4096}\narrival: {pattern: burst}",
        "agents: 1000000\nrooms: {size: 1}\narrival: {pattern: burst}\nchurn: {stay: 10ms, rejoin: 13ms}",
    ])
    func `a plan that no memory holds is a mistake`(text: String) throws {
        let error = #expect(throws: ProfileError.self) { try ProfileReader.read(text: text, file: "p.yaml") }
        #expect(error?.description.contains("sessions and pairs, and may have 100000000") == true)
    }

    @Test(arguments: [
        ("phases: {steady: 12h}", true), ("phases: {steady: 23h}", true), ("phases: {steady: 24h}", false),
        ("agents: 1\narrival: {rate: 0.05/h}", true), ("agents: 10\narrival: {rate: 0.05/h}", false),
    ])
    func `a plan may take a day`(text: String, isAllowed: Bool) {
        #expect(((try? ProfileReader.read(text: text, file: "p.yaml")) != nil) == isAllowed)
    }

    @Test func `a flag that makes a plan too long is named, not the file`() throws {
        let override = try #require(ProfileReader.Override.set("agents=6000"))
        let error = #expect(throws: ProfileError.self) {
            try ProfileReader.read(text: "arrival: {rate: 1/h}", file: "p.yaml", overrides: [override])
        }
        #expect(
            error?.description
                == "--set agents=6000: error: agents: the plan would take about 6000h, and may take 24h from the first"
                + " arrival to the end of the drain")
        #expect(error?.isOnlyInFlags == true)
    }

    @Test func `candidates that no SDP holds are a mistake`() throws {
        let text = "signaling: {ice: vanilla, candidates: 256, payload: {candidate: 1048576}}"
        let error = #expect(throws: ProfileError.self) { try ProfileReader.read(text: text, file: "p.yaml") }
        #expect(error?.description.contains("does not hold 256 candidates of 1048576 bytes") == true)
    }

    @Test(arguments: Profile.Arrival.Pattern.allCases)
    func `not even a profile that no reader accepts makes the planner trap`(pattern: Profile.Arrival.Pattern) {
        var profile = Profile()
        profile.arrival.pattern = pattern
        profile.arrival.rate = Profile.Rate(perSecond: Profile.Rate.lowest)
        profile.agents = 5000
        profile.calls.when = .present
        profile.calls.gap = .longest
        profile.churn = Profile.Churn(stay: .longest, rejoin: .longest)
        profile.phases.steady = .longest
        let plan = Planner.plan(profile, seed: 1)
        #expect(plan.sessions.allSatisfy { $0.arrive >= 0 && $0.arrive <= $0.depart })
    }
}
