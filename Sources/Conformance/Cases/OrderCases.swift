import Backends
import Measure
import Signaling

/// In which order messages arrive: ORD-01 to ORD-06.
enum OrderCases {
    static let all: [String: CaseBook.Body] = [
        "ORD-01": { try await Self.fifo($0) },
        "ORD-02": { try await Self.total($0) },
        "ORD-03": { try await Self.candidates($0) },
        "ORD-04": { try await Self.causal($0) },
        "ORD-05": { try await Self.sizes($0) },
        "ORD-06": { try await Self.upgrade($0) },
    ]

    private static func fifo(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(4, of: rig.room())
        for n in 0..<rig.size(50, 500) {
            for agent in agents { agent.push("\(n)") }
            if n % 20 == 0 { await rig.pause(seconds: 0) }
        }
        await rig.drain()
        if rig.declaration.text("order") == "none" {
            let found = OrderChecker.fifo(in: rig.history, splitsDirected: rig.board.rule.splitsStreams)
            return CaseOutcome(
                .info, actual: found.isEmpty ? "each sender's order was kept" : "\(found.count) overtook",
                evidence: rig.evidence)
        }
        return rig.judge([.reordered], expected: "each sender's messages arrive in the order sent")
    }

    private static func total(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(5, of: rig.room())
        for n in 0..<rig.size(40, 400) {
            for agent in agents { agent.push("\(n)") }
            if n % 5 == 0 { await rig.pause(seconds: 0.001) }
        }
        await rig.drain()
        guard let first = OrderChecker.total(in: rig.history).first else {
            return rig.judge([], expected: "all members see one order")
        }
        return CaseOutcome(
            .fail, expected: "all members see one order", actual: rig.words(first.finding), evidence: rig.evidence,
            counterexample: rig.history.excerpt(
                messages: [first.finding.message, first.other].compactMap { $0 }.reduce(into: []) { $0.insert($1) },
                agents: [first.finding.agent, first.agent]))
    }

    private static func candidates(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(2, of: rig.room())
        let sets = rig.size(10, 100)
        for set in 0..<sets {
            agents[0].push(#"{"desc":\#(set)}"#, to: agents[1], kind: .offer)
            for n in 0..<8 {
                agents[0].push(#"{"of":\#(set),"i":\#(n),"last":\#(n == 7)}"#, to: agents[1], kind: .candidate)
            }
        }
        await rig.drain()
        return rig.judge(
            [.reordered, .lost, .duplicated],
            expected: "a description, then its candidates in order, then their end, each once")
    }

    private static func causal(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(6, of: rig.room())
        var causes: [MessageKey: MessageKey] = [:]
        for round in 0..<rig.size(10, 100) {
            let caller = agents[round % 2]
            let answerer = agents[3]
            var answer: MessageKey?
            let call = caller.push("\(round)", kind: .call)
            answerer.onMessage = { heard in
                if heard.key == call, answer == nil { answer = answerer.push("\(round)", kind: .chatter) }
            }
            await rig.wait(seconds: 2) { answer != nil }
            if let answer { causes[answer] = call }
        }
        await rig.drain()
        guard !causes.isEmpty else { return CaseOutcome(.inconclusive, actual: "nobody answered anything") }
        return rig.judge(
            OrderChecker.causal(in: rig.history, causes: causes),
            expected: "nobody gets an answer before what it answers")
    }

    private static func sizes(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let limit = rig.declaration.number("maxMessageBytes") ?? 1 << 20
        let big = min(256 << 10, limit / 2)
        let agents = try await rig.members(3, of: rig.room())
        let pad = JSONWriting.string(String(repeating: "x", count: big))
        for _ in 0..<rig.size(5, 50) {
            agents[0].push(pad)
            agents[0].push("1")
            agents[1].push("1")
            await rig.pause(seconds: 0.02)
        }
        await rig.drain()
        return rig.judge([.reordered, .lost], expected: "a small message never overtakes a big one of the same sender")
    }

    private static func upgrade(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        guard rig.isEngineIO else { return .notApplicable("the dialect has one transport") }
        var settings = rig.fixture.settings
        settings.options["transport"] = "polling,websocket"
        let room = rig.room()
        let speaker = try await rig.member(of: room)
        let witness = try await rig.member(of: room)
        let count = rig.size(100, 500)
        // Members come by polling and are taken over by a WebSocket while the room talks.
        for n in 0..<count {
            speaker.push("\(n)")
            if n % 25 == 0 {
                let late = try await rig.member(of: room, settings)
                late.push("1")
            }
            await rig.pause(seconds: 0.001)
        }
        await rig.drain()
        _ = witness
        return rig.judge(
            [.lost, .duplicated, .reordered], expected: "nothing lost, doubled or overtaken across the upgrade")
    }
}
