import Testing

@testable import Workload

@Suite struct PredictionTests {
    private func basis(_ text: String) throws -> PredictionBasis {
        Planner.plan(try ProfileReader.read(text: text, file: "p.yaml"), seed: 1).prediction
    }

    @Test(arguments: [
        "agents: 8\nrooms: {size: 8}\ncalls: {when: present, gap: 500ms}\nsignaling: {candidates: 11}",
        "agents: 8\nrooms: {size: 8}\ncalls: {when: present, gap: 150ms}\nsignaling: {pacing: none}",
        "agents: 8\nrooms: {size: 8}\narrival: {pattern: constant, rate: 1/s}\nsignaling: {ice: vanilla}",
        "agents: 200\narrival: {pattern: constant, rate: 50/s}",
        "agents: 9\nrooms: {size: 3}\narrival: {pattern: burst}\ncalls: {when: present, callers: 1}",
        "agents: 20\nrooms: {size: 1}\narrival: {pattern: burst}",
        "agents: 20\ncalls: {when: present, callers: 0}",
        "agents: 8\narrival: {pattern: constant, rate: 1/s}\nsignaling: {maxConnections: 3}",
    ])
    func `a spaced plan is clean`(text: String) throws {
        #expect(try self.basis(text) == .exact)
    }

    @Test(arguments: [
        (
            "agents: 8\nrooms: {size: 8}\ncalls: {when: present, gap: 300ms}",
            "calls of a room are 300 ms apart, and a mesh may take 471 ms to settle"
        ),
        (
            "agents: 8\nrooms: {size: 8}\narrival: {pattern: constant, rate: 5/s}",
            "joins in room 0 are as close as 200 ms, and a mesh may take 471 ms to settle"
        ),
        ("agents: 8\ncalls: {when: present, spread: 0ms}", "all callers of a room call at once"),
        (
            "agents: 4\narrival: {pattern: constant, rate: 1/s}\nsignaling: {timeout: 200ms}",
            "attempts are dropped after 200ms"
        ),
        (
            "agents: 4\narrival: {pattern: constant, rate: 1/s}\nsignaling: {ghostTimeout: 3s}",
            "peers unheard of for 3s are closed"
        ),
        (
            "agents: 4\narrival: {pattern: constant, rate: 1/s}\nphases: {warmup: 0s, steady: 100ms}",
            "the last call comes 100 ms before the end of steady, and a mesh may take 471 ms to settle"
        ),
    ])
    func `a crowded plan has a law, and a reason`(text: String, reason: String) throws {
        #expect(try self.basis(text) == .cleanMeshLaw(reason: reason))
    }

    @Test(arguments: [
        ("churn: {stay: 10s}", "members churn"),
        ("calls: {when: present, spread: 100ms}", "calls fall at random within 100ms"),
        ("signaling: {maxConnections: 2}", "maxConnections 2 binds in rooms of 4"),
    ])
    func `some plans have no prediction`(text: String, reason: String) throws {
        #expect(try self.basis(text) == .none(reason: reason))
    }
}
