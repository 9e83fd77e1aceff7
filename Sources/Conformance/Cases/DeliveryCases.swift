import Backends
import Measure

/// What arrives, and how often: DLV-01 to DLV-09.
enum DeliveryCases {
    static let all: [String: CaseBook.Body] = [
        "DLV-01": { try await Self.everybody($0, [.lost], "every member gets every message") },
        "DLV-02": { try await Self.echo($0) },
        "DLV-03": { try await Self.everybody($0, [.duplicated], "nothing arrives twice while nothing goes wrong") },
        "DLV-04": { try await Self.nothingElse($0) },
        "DLV-05": { try await Self.lateJoiner($0) },
        "DLV-06": { try await Self.acknowledged($0) },
        "DLV-07": { try await Self.failedStaysAway($0) },
        "DLV-08": { try await Self.load($0) },
        "DLV-09": { try await Self.edges($0) },
    ]

    private static func everybody(
        _ rig: isolated CaseRig, _ anomalies: Set<Anomaly>, _ expected: String
    ) async throws -> CaseOutcome {
        for size in rig.isQuick ? [2, 3, 8] : [2, 3, 8, 32, 64] {
            let agents = try await rig.members(size, of: rig.room("\(size)"))
            for _ in 0..<20 {
                for agent in agents { agent.push(#""hello""#) }
                await rig.pause(seconds: 0)
            }
        }
        await rig.drain()
        return rig.judge(anomalies, expected: expected)
    }

    private static func echo(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(3, of: rig.room())
        var own: [MessageKey] = []
        for _ in 0..<5 { own += agents.map { $0.push("1") } }
        await rig.drain()
        let counts = own.map { key in agents[key.from].inbox.count { $0.key == key } }
        guard rig.evidence["deliveries"] ?? 0 > 0 else {
            return CaseOutcome(.inconclusive, actual: "nobody got anything")
        }
        let declared = rig.declaration.flag("selfEcho")
        let actual =
            counts.allSatisfy { $0 == 0 }
            ? "no echo" : counts.allSatisfy { $0 == 1 } ? "one echo each" : "echoes \(Set(counts).sorted())"
        guard let declared else { return CaseOutcome(.info, actual: actual, evidence: rig.evidence) }
        let wrong = zip(own, counts).first { $0.1 != (declared ? 1 : 0) }
        return rig.check(
            wrong == nil, expected: declared ? "a sender gets each own message once" : "a sender gets none of its own",
            actual: actual, evidence: rig.evidence,
            counterexample: wrong.map { rig.history.excerpt(messages: [$0.0], agents: Set(agents.map(\.index))) })
    }

    private static func nothingElse(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(4, of: rig.room())
        let idle = try await rig.connect()
        for n in 0..<10 { for agent in agents { agent.push(#"{"n":\#(n),"text":"caf\u00e9 \\ \/ \" 😀"}"#) } }
        await rig.drain()
        let outcome = rig.judge([.unexpected, .altered], expected: "only what was sent, unchanged, to members only")
        guard idle.inbox.isEmpty, rig.board.foreign == 0 else {
            return rig.check(
                false, expected: outcome.expected,
                actual: "\(idle.inbox.count) messages for a member of nothing, \(rig.board.foreign) of another run")
        }
        return outcome
    }

    private static func lateJoiner(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let speaker = try await rig.member(of: room)
        let first = try await rig.member(of: room)
        let earlier = (0..<10).map { speaker.push("\($0)") }
        await rig.drain()
        let late = try await rig.member(of: room)
        let later = (0..<10).map { speaker.push("\($0 + 10)") }
        await rig.drain()
        await rig.wait(seconds: 0.5) { false }
        let got = late.inbox.compactMap(\.key)
        let replayed = got.filter(earlier.contains)
        let live = got.filter(later.contains)
        guard first.inbox.count >= 20 else {
            return CaseOutcome(.inconclusive, actual: "the first member did not get everything")
        }
        let history = rig.declaration.text("history")
        let wanted: [MessageKey] =
            switch history {
            case "all": earlier
            case "last": Array(earlier.suffix(1))
            default: []
            }
        let holds = history == nil || (replayed == wanted && live == later)
        return CaseOutcome(
            history == nil ? .info : holds ? .pass : .fail,
            expected: "history \(history ?? "unspecified"), then every message once",
            actual: "\(replayed.count) earlier ones, \(live.count) of 10 later ones", evidence: rig.evidence,
            counterexample: holds
                ? [] : rig.history.excerpt(messages: Set(replayed.prefix(3) + later.prefix(3)), agents: [late.index]))
    }

    private static func acknowledged(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(4, of: rig.room())
        for n in 0..<rig.size(25, 250) {
            for agent in agents { agent.push("\(n)") }
            await rig.pause(seconds: 0)
        }
        await rig.wait(seconds: 5) { agents.allSatisfy { $0.acknowledged.count == rig.size(25, 250) } }
        await rig.drain()
        return rig.judge([.lost], expected: "what was acknowledged arrives")
    }

    private static func failedStaysAway(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let agents = try await rig.members(2, of: room)
        let outsider = try await rig.connect()
        // Refused on the spot: not a member of anything.
        let refused = outsider.push("1")
        for _ in 0..<5 { agents[0].push("1") }
        agents[0].closeGracefully()
        await rig.wait(seconds: 3) { agents[0].state == .closed }
        let afterEnd = agents[0].push("1")
        await rig.drain()
        let outcome = rig.judge([.unexpected], expected: "what failed does not arrive", isFirm: false)
        let fates = [refused, afterEnd].map { key in
            rig.history.events.contains { $0.action == .push && $0.outcome == .fail && $0.message == key }
        }
        guard fates.contains(true) else {
            return CaseOutcome(.inconclusive, actual: "nothing failed", evidence: rig.evidence)
        }
        return outcome
    }

    private static func load(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let senders = rig.size(8, 16)
        let each = rig.size(100, 1_000)
        let one = try await rig.members(senders, of: rig.room("one"))
        var rooms: [[ScriptedAgent]] = []
        for room in 0..<rig.size(20, 100) { rooms.append(try await rig.members(4, of: rig.room("\(room)"))) }
        let few = rig.size(20, 250)
        for n in 0..<max(each, few) {
            if n < each { for agent in one { agent.push(#"{"n":\#(n),"pad":"0123456789abcdef0123456789abcdef"}"#) } }
            if n < few { for room in rooms { for agent in room { agent.push("\(n)") } } }
            // In step with the slowest, as a load with a bound on what is under way.
            await rig.wait(seconds: 5) { rig.board.outstanding.count < 20_000 }
        }
        for agent in rig.agents { agent.push(#"{"end":true,"total":\#(agent.index < senders ? each : few)}"#) }
        await rig.drain()
        return rig.judge(
            [.lost, .duplicated, .unexpected],
            expected: "under load nothing is lost, doubled or misled, up to each sender's last")
    }

    private static func edges(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let witness = try await rig.member(of: room)
        var first: [MessageKey] = []
        var last: [MessageKey] = []
        for _ in 0..<10 {
            let agent = try await rig.connect()
            // Pipelined: the first message does not wait for the answer to the join.
            agent.beginJoining(room)
            first.append(agent.push("1"))
            await rig.wait(seconds: 5) { agent.state != .joining }
            last.append(agent.push("2"))
            agent.closeGracefully()
            await rig.wait(seconds: 3) { agent.state == .closed }
        }
        await rig.pause(seconds: 0.3)
        let got = Set(witness.inbox.compactMap(\.key))
        let firsts = first.count(where: got.contains)
        let lasts = last.count(where: got.contains)
        let actual = "\(firsts) of 10 sent with the join arrived, \(lasts) of 10 sent before a goodbye"
        guard !got.isEmpty else { return CaseOutcome(.inconclusive, actual: "nobody got anything") }
        let outcome = rig.judge(
            [.lost, .duplicated, .unexpected, .altered],
            expected: "an acknowledged message at the edge of a life arrives, others may fail")
        if rig.board.capabilities.ack != .none, outcome.verdict == .fail { return outcome }
        return CaseOutcome(
            lasts == 10 ? .pass : rig.board.capabilities.ack == .none ? .info : .fail, expected: outcome.expected,
            actual: actual,
            evidence: rig.evidence)
    }
}
