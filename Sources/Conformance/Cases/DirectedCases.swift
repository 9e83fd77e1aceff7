import Backends
import Measure
import Signaling

/// Messages for one member: DIR-01 to DIR-06.
enum DirectedCases {
    static let all: [String: CaseBook.Body] = [
        "DIR-01": { try await Self.reaches($0) },
        "DIR-02": { try await Self.confidential($0) },
        "DIR-03": { try await Self.filter($0) },
        "DIR-04": { try await Self.unknownTarget($0) },
        "DIR-05": { try await Self.otherRoom($0) },
        "DIR-06": { try await Self.targetTypes($0) },
    ]

    private static func reaches(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(4, of: rig.room())
        var wrong: [MessageKey] = []
        var keys: [MessageKey: Int] = [:]
        for sender in agents {
            for target in agents where target !== sender {
                for _ in 0..<3 { keys[sender.push("1", to: target, kind: .response)] = target.index }
            }
        }
        await rig.drain()
        for (key, target) in keys.sorted(by: { $0.key < $1.key }) {
            let counts = agents.map { agent in agent.inbox.count { $0.key == key && $0.isMine } }
            if counts.enumerated().contains(where: { $0.element != ($0.offset == target ? 1 : 0) }) {
                wrong.append(key)
            }
        }
        guard let first = wrong.first else {
            return rig.judge(
                [.lost, .duplicated, .unexpected], expected: "the target gets it once, and nobody else acts on it")
        }
        return CaseOutcome(
            .fail, expected: "the target gets it once, and nobody else acts on it",
            actual: "\(wrong.count) of \(keys.count) did not",
            evidence: rig.evidence,
            counterexample: rig.history.excerpt(messages: [first], agents: Set(agents.map(\.index))))
    }

    private static func confidential(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(5, of: rig.room())
        for agent in agents { agent.tapWire() }
        let key = agents[0].push(#""a-secret-of-two""#, to: agents[1], kind: .offer)
        agents[0].push("1")
        await rig.drain()
        let exposed = agents.dropFirst(2).count { $0.wireContains("a-secret-of-two") }
        let isTold = agents[1].wireContains("a-secret-of-two")
        guard isTold else {
            return CaseOutcome(
                .inconclusive, actual: "not even the target got it in plain text", evidence: rig.evidence)
        }
        switch rig.declaration.text("directed") {
        case "routed", "both":
            return rig.check(
                exposed == 0, expected: "nobody but the target ever gets the bytes",
                actual: "\(exposed) of 3 others got them",
                evidence: rig.evidence, counterexample: rig.history.excerpt(messages: [key], agents: Set(0...4)))
        default:
            return CaseOutcome(
                .info, actual: "\(exposed) of 3 other members got the bytes: a broadcast", evidence: rig.evidence)
        }
    }

    private static func filter(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(3, of: rig.room())
        agents[0].push("1")
        agents[0].push("2", to: agents[1], kind: .response)
        await rig.drain()
        let acts = agents.map { agent in agent.inbox.count { $0.isMine } }
        return rig.check(
            acts == [0, 2, 1],
            expected: "an agent acts on what is not its own and is for it or for all: 0, 2 and 1 messages",
            actual: "acted on \(acts[0]), \(acts[1]) and \(acts[2])", evidence: rig.evidence)
    }

    private static func unknownTarget(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(3, of: rig.room())
        for agent in agents { agent.tapWire() }
        let nobody = PeerID("nobody-of-that-name")
        agents[0].push(
            json: #"{"type":"offer","from":"x","sendto":"nobody-of-that-name","mark":"for-nobody","tag":"$TAG"}"#,
            to: .peer(nobody))
        let after = agents[0].push("1")
        await rig.wait(seconds: 3) { agents[1].inbox.contains { $0.key == after } }
        await rig.pause(seconds: 0.2)
        let leaked = agents.dropFirst().count { $0.wireContains("for-nobody") }
        let actual = agents[0].refusals.isEmpty ? "drop" : "error"
        let declared = rig.declaration.text("unknownTarget")
        return rig.check(
            leaked == 0 && (declared == nil || declared == actual),
            expected: "\(declared ?? "drop or error"), and never to everybody",
            actual: "\(actual)\(agents[0].refusals.last.map { " (\($0.code))" } ?? ""); \(leaked) others got it",
            evidence: rig.evidence)
    }

    private static func otherRoom(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let (a, b) = (rig.room("a"), rig.room("b"))
        let sender = try await rig.member(of: a)
        let fellow = try await rig.member(of: a)
        let stranger = try await rig.member(of: b)
        let second = try await rig.member(of: b)
        for agent in rig.agents { agent.tapWire() }
        let id = stranger.id.description
        sender.push(
            json: #"{"type":"offer","from":"x","sendto":\#(JSONWriting.string(id)),"mark":"across","tag":"$TAG"}"#,
            to: .peer(stranger.id))
        sender.push(
            json: #"{"type":"offer","from":"x","sendto":\#(JSONWriting.string(b)),"mark":"to-the-room","tag":"$TAG"}"#,
            to: .peer(PeerID(b)))
        let after = sender.push("1")
        let lives = await rig.wait(seconds: 3) { fellow.inbox.contains { $0.key == after } }
        await rig.pause(seconds: 0.2)
        var leaks: [String] = []
        if stranger.wireContains("across") { leaks.append("a member's id reaches it in another room") }
        if stranger.wireContains("to-the-room") || second.wireContains("to-the-room") {
            leaks.append("a room's name reaches its members")
        }
        guard lives else {
            return CaseOutcome(.inconclusive, actual: "the own room got nothing either", evidence: rig.evidence)
        }
        return rig.check(
            leaks.isEmpty, expected: "neither a stranger's id nor a room's name reaches another room",
            actual: leaks.isEmpty ? "nothing arrived" : leaks.joined(separator: "; "), evidence: rig.evidence)
    }

    private static func targetTypes(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(3, of: rig.room())
        let own = JSONWriting.string(agents[0].id.description)
        var bad: [String] = []
        for value in [#""""#, "null", "7", "[1]", #"{"a":1}"#, own] {
            guard agents[0].isJoined else { break }
            let key = agents[0].push(json: #"{"type":"chatter","from":\#(own),"sendto":\#(value),"tag":"$TAG"}"#)
            let after = agents[1].push("1")
            await rig.wait(seconds: 2) { agents[2].inbox.contains { $0.key == after } }
            await rig.pause(seconds: 0.05)
            let acted = agents.dropFirst().count { agent in agent.inbox.contains { $0.key == key && $0.isMine } }
            // Nothing and "" are everybody; anything else is nobody here.
            let isForAll = value == #""""# || value == "null"
            if !isForAll, acted > 0 { bad.append("sendto \(value.prefix(20)): \(acted) acted") }
        }
        guard rig.evidence["deliveries"] ?? 0 > 0 else {
            return CaseOutcome(.inconclusive, actual: "nobody got anything")
        }
        return CaseOutcome(
            bad.isEmpty ? .pass : .nonStrict, expected: "nobody acts on a message whose target is no id of a member",
            actual: bad.isEmpty ? "nobody acted on any" : bad.joined(separator: "; "), evidence: rig.evidence)
    }
}
