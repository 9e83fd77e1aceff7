import Backends
import Measure
import Signaling

/// Members that go: DEP-01 to DEP-07.
enum DepartureCases {
    static let all: [String: CaseBook.Body] = [
        "DEP-01": { try await Self.bye($0) },
        "DEP-02": { try await Self.abrupt($0) },
        "DEP-03": { try await Self.halfOpen($0) },
        "DEP-04": { try await Self.ghosts($0) },
        "DEP-05": { try await Self.will($0) },
        "DEP-06": { try await Self.once($0) },
        "DEP-07": { try await Self.leak($0) },
    ]

    /// Departures of one agent as another one learnt of them: by the backend's word, or by a will.
    private static func departures(of gone: ScriptedAgent, at agent: ScriptedAgent) -> [Int64] {
        agent.peersLeft.filter { $0.id == gone.id }.map(\.t)
            + agent.inbox.filter { $0.key == nil && $0.kind == .bye && $0.from == gone.id.description }.map(\.t)
    }

    private static func bye(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await NegotiationCases.members(4, of: rig.room(), rig)
        for agent in agents {
            agent.call()
            await rig.drain(settle: 0.02)
        }
        let leaver = agents[3]
        leaver.bye()
        await rig.drain()
        let told = agents.prefix(3).map { $0.byes[3] ?? 0 }
        let heard = agents.prefix(3).map { agent in agent.agent.inbox.count { $0.kind == .bye } }
        for agent in agents.prefix(3) { leaver.sendCandidate(of: DescriptionID(raw: 5), to: agent) }
        await rig.drain()
        let open = agents.prefix(3).count { $0[leaver].state.isOpen }
        return rig.check(
            told == [1, 1, 1] && heard == [1, 1, 1] && open == 0,
            expected: "every other member gets it once and drops the peer; a late candidate changes nothing",
            actual: "heard \(heard), dropped \(told), \(open) connections left", evidence: rig.evidence)
    }

    private static func abrupt(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(4, of: rig.room())
        var slowest = 0.0
        for (index, reset) in [(3, true), (2, false)] {
            let cut = rig.board.elapsed
            agents[index].cut(reset: reset)
            let others = agents.prefix(index)
            let isTold = await rig.wait(seconds: 2) {
                others.allSatisfy { !Self.departures(of: agents[index], at: $0).isEmpty }
            }
            guard isTold else {
                let count = others.count { !Self.departures(of: agents[index], at: $0).isEmpty }
                return rig.check(
                    false, expected: "all others learn of it within 2 s",
                    actual: "\(reset ? "RST" : "FIN"): \(count) of \(others.count) learnt of it",
                    evidence: ["receivers": others.count])
            }
            slowest = max(slowest, Double(rig.board.elapsed - cut) / 1e6)
        }
        return rig.check(
            true, expected: "all others learn of it within 2 s", actual: "the last after \(Int(slowest)) ms",
            evidence: ["departures": 2, "receivers": 5])
    }

    private static func halfOpen(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        guard let heart = rig.fixture.quickHeart else {
            if rig.isQuick {
                return .notApplicable("the heartbeat of a server that is not ours is too slow for the quick profile")
            }
            return try await Self.frozen(
                rig, rig.fixture.settings, intervalMs: rig.declaration.number("heartbeat.intervalMs") ?? 25_000,
                timeoutMs: rig.declaration.number("heartbeat.timeoutMs") ?? 20_000)
        }
        return try await Self.frozen(rig, heart.settings, intervalMs: heart.intervalMs, timeoutMs: heart.timeoutMs)
    }

    private static func frozen(
        _ rig: isolated CaseRig, _ settings: BackendSettings, intervalMs: Int, timeoutMs: Int
    ) async throws -> CaseOutcome {
        guard rig.declaration.text("presence.leave") == "server" else {
            return .notApplicable("nobody is told who left, so that it cannot be seen from outside")
        }
        let room = rig.room()
        let witness = try await rig.member(of: room, settings)
        let sleeper = try await rig.member(of: room, settings)
        await rig.pause(seconds: 0.1)
        let began = rig.board.elapsed
        sleeper.freeze()
        let bound = Double(intervalMs + timeoutMs) * 1.1 / 1_000
        await rig.wait(seconds: bound + 5) { !Self.departures(of: sleeper, at: witness).isEmpty }
        guard let seen = Self.departures(of: sleeper, at: witness).first else {
            return rig.check(
                false, expected: "gone within \(intervalMs + timeoutMs) ms", actual: "never within \(Int(bound + 5)) s")
        }
        let ms = Int((seen - began) / 1_000_000)
        // The machine's own hiccups are allowed for beside the ten percent.
        return rig.check(
            Double(ms) / 1_000 <= bound + 1 && ms >= timeoutMs * 9 / 10 && witness.isOpen,
            expected: "gone after at least \(timeoutMs) and at most \(Int(bound * 1_000)) ms, the others stay",
            actual: "gone after \(ms) ms\(witness.isOpen ? "" : ", and the other one too")",
            evidence: ["departures": 1, "receivers": 1])
    }

    private static func ghosts(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(3, of: rig.room())
        agents[2].cut()
        let isTold = await rig.wait(seconds: 3) {
            agents.prefix(2).allSatisfy { !Self.departures(of: agents[2], at: $0).isEmpty }
        }
        guard isTold else { return CaseOutcome(.inconclusive, actual: "the departure was never told") }
        let counts = agents.prefix(2).map(\.inbox.count)
        agents[0].push("1", kind: .call)
        await rig.pause(seconds: 0.8)
        let ghost = agents.prefix(2).enumerated().contains { index, agent in
            agent.inbox.dropFirst(counts[index]).contains { $0.from == agents[2].id.description }
        }
        let again = agents.prefix(2).contains {
            $0.peersJoined.contains(agents[2].id) && $0.peersJoined.last == agents[2].id && $0.index > 2
        }
        return rig.check(
            !ghost && !again, expected: "who is gone says nothing more",
            actual: ghost ? "a message in its name came later" : "silence",
            evidence: ["receivers": 2, "departures": 1])
    }

    private static func will(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(4, of: rig.room())
        agents[3].cut(reset: true)
        await rig.wait(seconds: 3) { agents.prefix(2).allSatisfy { !Self.departures(of: agents[3], at: $0).isEmpty } }
        agents[2].closeGracefully()
        await rig.wait(seconds: 3) { agents[2].state == .closed }
        await rig.pause(seconds: 0.5)
        let abnormal = agents.prefix(2).map { Self.departures(of: agents[3], at: $0).count }
        let clean = agents.prefix(2).map { Self.departures(of: agents[2], at: $0).count }
        return rig.check(
            abnormal == [1, 1] && clean == [0, 0], expected: "one will after an abnormal end, none after a goodbye",
            actual: "\(abnormal) after the abnormal end, \(clean) after the goodbye",
            evidence: ["receivers": 2, "departures": 2])
    }

    private static func once(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(3, of: rig.room())
        agents[2].push("1", kind: .bye)
        agents[2].closeGracefully()
        await rig.wait(seconds: 3) { agents[2].state == .closed }
        await rig.drain(settle: 0.5)
        var bad: [String] = []
        for agent in agents.prefix(2) {
            let byes = agent.inbox.count { $0.kind == .bye && $0.from == agents[2].id.description }
            let left = agent.peersLeft.count { $0.id == agents[2].id }
            if byes != 1 || left > 1 { bad.append("agent \(agent.index): \(byes) byes, \(left) departures") }
            if let gone = agent.peersLeft.first(where: { $0.id == agents[2].id })?.t,
                agent.inbox.contains(where: { $0.key?.from == 2 && $0.t > gone })
            {
                bad.append("agent \(agent.index): a message came after the departure")
            }
        }
        return CaseOutcome(
            bad.isEmpty ? .pass : .nonStrict,
            expected: "one bye, at most one word of the backend, and nothing after it",
            actual: bad.isEmpty ? "once each, and last" : bad.joined(separator: "; "), evidence: rig.evidence,
            counterexample: bad.isEmpty ? [] : Array(rig.history.events.suffix(20)))
    }

    private static func leak(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let witness = try await rig.member(of: room)
        let cycles = rig.size(60, 1_000)
        func cycle(_ count: Int) async throws {
            for n in 0..<count {
                let agent = try await rig.member(of: room)
                if n % 3 == 0 { agent.closeGracefully() } else { agent.cut(reset: n % 3 == 1) }
                await rig.wait(seconds: 3) { agent.state == .closed }
            }
        }
        try await cycle(cycles / 2)
        let before = await rig.fixture.residentBytes?()
        try await cycle(cycles / 2)
        await rig.pause(seconds: 0.2)
        let after = await rig.fixture.residentBytes?()
        let fresh = try await rig.member(of: room)
        let key = fresh.push("1")
        await rig.wait(seconds: 3) { witness.inbox.contains { $0.key == key } }
        await rig.pause(seconds: 0.2)
        let copies = witness.inbox.count { $0.key == key }
        guard copies == 1 else {
            return rig.check(
                false, expected: "the room is as before", actual: "a message came \(copies) times",
                evidence: ["cycles": cycles])
        }
        guard let before, let after else {
            return CaseOutcome(
                .pass, expected: "the room is as before", actual: "so it is; memory is not ours to see",
                evidence: ["cycles": cycles, "receivers": 1])
        }
        // Small processes breathe: growth is judged beyond 4 MiB.
        let holds = after - before < max(before / 10, 4 << 20)
        return rig.check(
            holds, expected: "memory grows by less than a tenth over \(cycles / 2) further cycles",
            actual: "\(before >> 10) KiB, then \(after >> 10) KiB", evidence: ["cycles": cycles, "receivers": 1])
    }
}
