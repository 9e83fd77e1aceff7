import Measure
import Signaling

/// Connections that are lost and made again: REC-01 to REC-05.
enum ReconnectCases {
    static let all: [String: CaseBook.Body] = [
        "REC-01": { try await Self.resume($0) },
        "REC-02": { try await Self.noDouble($0) },
        "REC-03": { try await Self.storm($0) },
        "REC-04": { try await Self.restart($0) },
        "REC-05": { try await Self.midway($0) },
    ]

    private static func resume(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let speaker = try await rig.member(of: room)
        let agent = try await rig.member(of: room)
        agent.cut(reset: true)
        await rig.wait(seconds: 3) { agent.state == .closed }
        let missed = (0..<5).map { speaker.push("\($0)") }
        try await rig.connect(agent, resuming: true)
        if !agent.isJoined { try await rig.join(agent, room) }
        let live = (5..<10).map { speaker.push("\($0)") }
        await rig.wait(seconds: 3) { live.allSatisfy { key in agent.inbox.contains { $0.key == key } } }
        let got = agent.inbox.compactMap(\.key)
        return rig.check(
            got == missed + live, expected: "the missed ones once and in order, then the new ones",
            actual: "\(got.filter(missed.contains).count) of 5 missed, \(got.filter(live.contains).count) of 5 new",
            evidence: rig.evidence)
    }

    private static func noDouble(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let speaker = try await rig.member(of: room)
        let old = try await rig.member(of: room)
        // The old connection sleeps, and nobody has noticed; the same member comes again.
        old.freeze()
        let again = try await rig.member(of: room)
        for n in 0..<10 { speaker.push("\(n)") }
        let own = again.push("1")
        await rig.wait(seconds: 3) { again.inbox.count { $0.key?.from == speaker.index } >= 10 }
        await rig.pause(seconds: 0.2)
        let counts = (0..<10).map { n in again.inbox.count { $0.key == MessageKey(from: speaker.index, n: n) } }
        let acts = again.inbox.count { $0.key == own && $0.isMine }
        return rig.check(
            counts.allSatisfy { $0 == 1 } && acts == 0, expected: "each message once, and nothing from its own ghost",
            actual: "copies \(Set(counts).sorted()), \(acts) of its own", evidence: rig.evidence)
    }

    private static func storm(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let count = rig.size(60, 1_000)
        let bystanders = try await rig.members(2, of: rig.room("bystanders"))
        for n in 0..<count { _ = try await rig.member(of: rig.room("\(n % (count / 4))")) }
        let victims = Array(rig.agents.dropFirst(2))
        for agent in victims { agent.cut(reset: true) }
        await rig.wait(seconds: 10) { victims.allSatisfy { $0.state == .closed } }
        let began = rig.board.elapsed
        var draw = SplitMix64(seed: rig.seed)
        var due = victims.map { _ in Int64(draw.next() % 1_000_000_000) }
        var order = Array(victims.indices)
        order.sort { due[$0] < due[$1] }
        due.sort()
        for (position, index) in order.enumerated() {
            let wait = Double(due[position] - (rig.board.elapsed - began)) / 1e9
            if wait > 0.002 { await rig.pause(seconds: wait) }
            if position % 5 == 0 { bystanders[0].push("1") }
            try await rig.connect(victims[index])
            try await rig.join(victims[index], rig.room("\(index % (count / 4))"))
        }
        let seconds = Double(rig.board.elapsed - began) / 1e9
        await rig.drain()
        var outcome = rig.judge(
            [.lost, .duplicated], expected: "all \(count) are back, and bystanders lose nothing", isFirm: false)
        outcome.actual += "; all back after \((seconds * 100).rounded() / 100) s"
        return outcome
    }

    private static func restart(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        guard let restart = rig.fixture.restart else { return .notApplicable("the server is not ours to stop") }
        let room = rig.room()
        let agents = try await rig.members(3, of: room)
        agents[0].push("1")
        await rig.drain()
        try await restart()
        await rig.wait(seconds: 5) { agents.allSatisfy { $0.state == .closed } }
        for agent in agents {
            try await rig.connect(agent)
            try await rig.join(agent, room)
        }
        for agent in agents { agent.push("2") }
        await rig.drain()
        return rig.judge(
            [.lost, .duplicated, .unexpected], expected: "after a restart members come back and hear each other")
    }

    private static func midway(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let agents = try await NegotiationCases.members(2, of: room, rig, think: 100_000_000)
        let (a, b) = (agents[0], agents[1])
        // Long beside the three thinking times of an attempt, on a busy machine too.
        for agent in agents { agent.patience = 3_000_000_000 }
        a.call()
        await rig.wait(seconds: 3) { a[b].state == .haveLocalOffer }
        a.agent.cut(reset: true)
        a.restarted()
        await rig.wait(seconds: 3) { a.agent.state == .closed }
        try await rig.connect(a.agent)
        try await rig.join(a.agent, room)
        a.call()
        let isDone = await NegotiationCases.complete(a, b, rig)
        // Whatever still waits for the attempt that was cut gives up by then.
        await rig.rest()
        let verdict = NegotiationCases.standing(a, b, rig)
        return CaseOutcome(
            isDone && verdict == .complete ? .pass : .nonStrict,
            expected: "complete after the reconnect, by a fresh offer",
            actual: isDone ? "\(verdict) after it was complete" : "\(verdict), \(a[b].state) and \(b[a].state)",
            evidence: rig.evidence.merging(["pairs": 1]) { $1 })
    }
}
