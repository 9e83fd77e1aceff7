import Backends
import Measure
import Signaling

/// Who a member is: IDN-01 to IDN-06.
enum IdentityCases {
    static let all: [String: CaseBook.Body] = [
        "IDN-01": { try await Self.unique($0) },
        "IDN-02": { try await Self.anonymous($0) },
        "IDN-03": { try await Self.stable($0) },
        "IDN-04": { try await Self.acrossReconnect($0) },
        "IDN-05": { try await Self.forged($0) },
        "IDN-06": { try await Self.duplicate($0) },
    ]

    private static func unique(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let count = rig.size(60, 1_000)
        var ids: [PeerID: Int] = [:]
        var empty = 0
        for _ in 0..<count {
            let agent = try await rig.connect()
            if agent.id.bytes.isEmpty { empty += 1 }
            ids[agent.id, default: 0] += 1
        }
        let alive = ids.count
        // Some go, others come: nobody gets an id that was somebody's.
        for agent in rig.agents.prefix(count / 10) { agent.cut() }
        await rig.wait(seconds: 5) { rig.agents.prefix(count / 10).allSatisfy { $0.state == .closed } }
        var reused = 0
        for _ in 0..<count / 10 {
            if ids[try await rig.connect().id] != nil { reused += 1 }
        }
        return rig.check(
            alive == count && empty == 0 && reused == 0,
            expected: "\(count) different ids, none empty and none given again",
            actual: "\(alive) different, \(empty) empty, \(reused) given again", evidence: ["ids": count + count / 10],
            counterexample: [])
    }

    private static func anonymous(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let declared = rig.declaration.flag("identity.anonymous")
        let agent = try rig.board.add()
        let failure = await rig.attempt(agent)
        let isIn = failure == nil && !agent.id.bytes.isEmpty
        let actual = failure.map { "refused: \($0)" } ?? "let in as \(agent.id)"
        return rig.check(
            declared.map { $0 == isIn } ?? true,
            expected: declared == false ? "no entry without credentials" : "entry without credentials",
            actual: actual, evidence: ["connections": 1])
    }

    private static func stable(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(3, of: rig.room())
        for _ in 0..<20 { for agent in agents { agent.push("1") } }
        await rig.drain()
        var seen: [Int: Set<String>] = [:]
        var first: Heard?
        for agent in agents {
            for heard in agent.inbox where heard.isMine {
                guard let key = heard.key else { continue }
                seen[key.from, default: []].insert(heard.from)
                if heard.from != rig.agents[key.from].id.description, first == nil { first = heard }
            }
        }
        guard !seen.isEmpty else { return CaseOutcome(.inconclusive, actual: "nobody got anything") }
        let wrong = seen.filter { $0.value != [rig.agents[$0.key].id.description] }
        return rig.check(
            wrong.isEmpty, expected: "each sender has one from, its id, in every message",
            actual: wrong.isEmpty
                ? "each agent appeared as one"
                : "agent \(wrong.keys.min() ?? 0) appeared as \(wrong.values.first?.sorted() ?? [])",
            evidence: rig.evidence,
            counterexample: first?.key.map {
                rig.history.excerpt(messages: [$0], agents: Set(agents.map(\.index)))
            } ?? [])
    }

    private static func acrossReconnect(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agent = try await rig.connect()
        let before = agent.id
        agent.cut()
        await rig.wait(seconds: 5) { agent.state == .closed }
        try await rig.connect(agent)
        let isSame = agent.id == before
        if rig.isMQTT {
            return .notApplicable("the dialect chooses a fresh client identifier for every session")
        }
        // A fresh session of a `session` backend is a new identity, too; only a resumed one would keep it.
        let wanted = rig.declaration.text("identity.stability") == "account"
        return rig.check(
            isSame == wanted, expected: wanted ? "the same id" : "a new id for a new session",
            actual: isSame ? "the same id" : "a new id", evidence: ["reconnects": 1])
    }

    private static func forged(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let victim = try await rig.member(of: room)
        let attacker = try await rig.member(of: room)
        let witness = try await rig.member(of: room)
        let from = JSONWriting.string(victim.id.description)
        let key = attacker.push(json: #"{"type":"chatter","from":\#(from),"tag":"$TAG"}"#)
        // Something honest afterwards shows that the room still works.
        let after = attacker.push("1")
        await rig.wait(seconds: 3) { witness.inbox.contains { $0.key == after } || !attacker.isOpen }
        await rig.pause(seconds: 0.1)
        let forged = rig.agents.flatMap(\.inbox).contains { $0.key == key && $0.from == victim.id.description }
        let evidence = ["messages": 2, "receivers": 2]
        switch rig.declaration.text("identity.fromAuthority") {
        case "server":
            return rig.check(
                !forged, expected: "nobody gets a message in another member's name",
                actual: forged ? "the victim's name arrived" : "it was refused or stamped anew", evidence: evidence,
                counterexample: rig.history.excerpt(messages: [key], agents: [0, 1, 2]))
        default:
            return CaseOutcome(
                .info, actual: forged ? "from can be forged" : "a forged from did not arrive", evidence: evidence)
        }
    }

    private static func duplicate(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        guard rig.isMQTT else {
            return .notApplicable("ids are the backend's to give, so that nobody can ask for a taken one")
        }
        var settings = rig.fixture.settings
        settings.options["clientID"] = "conform-\(rig.board.run)-duplicate"
        // An MQTT session begins with the join, for its will names the room.
        let first = try await rig.member(of: rig.room(), settings)
        let second = try await rig.connect(settings)
        let isIn = await rig.tryJoin(second, rig.room())
        await rig.wait(seconds: 3) { first.state == .closed }
        let actual = !isIn ? "reject" : first.state == .closed ? "takeover" : "coexist"
        return rig.check(
            rig.declaration.text("identity.duplicateId").map { $0 == actual } ?? true,
            expected: rig.declaration.text("identity.duplicateId") ?? "unspecified", actual: actual,
            evidence: ["connections": 2])
    }
}
