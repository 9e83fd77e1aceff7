import Signaling
import Testing

@testable import Measure

/// Delivery and order checkers on histories written by hand, and against the ledger of a load run.
struct DeliveryCheckerTests {
    private static let broadcast = DeliveryRule(echoesRoom: false, echoesDirected: false, routesDirected: false)

    /// A history of three members of one room; times are milliseconds.
    struct Script {
        var history = History()
        private var t: Int64 = 0

        mutating func add(
            _ agent: Int, _ action: HistoryEvent.Action, _ outcome: HistoryEvent.Outcome, room: String? = "r",
            from: Int? = nil,
            n: Int? = nil, to: Int? = nil, digest: UInt64? = nil, after: Int64 = 1
        ) {
            self.t += after * 1_000_000
            self.history.append(
                HistoryEvent(
                    t: self.t, agent: agent, action: action, outcome: outcome, room: room, from: from, n: n, to: to,
                    digest: digest))
        }

        mutating func join(_ agent: Int, room: String = "r") {
            self.add(agent, .join, .invoke, room: room)
            self.add(agent, .join, .ok, room: room)
        }

        mutating func push(
            _ agent: Int, _ n: Int, room: String = "r", to: Int? = nil, digest: UInt64? = nil,
            _ outcome: HistoryEvent.Outcome = .ok
        ) {
            self.add(agent, .push, .invoke, room: room, from: agent, n: n, to: to, digest: digest)
            self.add(agent, .push, outcome, room: nil, from: agent, n: n)
        }

        mutating func recv(_ agent: Int, _ from: Int, _ n: Int, digest: UInt64? = nil) {
            self.add(agent, .recv, .ok, from: from, n: n, digest: digest)
        }

        init(members: Int = 3) { for agent in 0..<members { self.join(agent) } }
    }

    private static func anomalies(_ script: Script, _ rule: DeliveryRule = Self.broadcast) -> [String] {
        DeliveryChecker(rule: rule).findings(in: script.history).map {
            "\($0.anomaly.rawValue) \($0.message.map { "\($0.from).\($0.n)" } ?? "-")@\($0.agent)"
        }
    }

    @Test func `what everybody got is no finding`() {
        var script = Script()
        script.push(0, 0)
        script.recv(1, 0, 0)
        script.recv(2, 0, 0)
        #expect(Self.anomalies(script) == [])
        #expect(DeliveryChecker(rule: Self.broadcast).owed(in: script.history) == 2)
    }

    @Test func `lost, duplicated, altered, and what nobody sent`() {
        var script = Script()
        script.push(0, 0, digest: 7)
        script.recv(1, 0, 0, digest: 7)
        script.recv(1, 0, 0, digest: 7)
        script.push(0, 1, digest: 8)
        script.recv(1, 0, 1, digest: 9)
        script.recv(2, 0, 1, digest: 8)
        script.recv(2, 0, 5)
        #expect(Self.anomalies(script) == ["lost 0.0@2", "duplicated 0.0@1", "unexpected 0.5@2", "altered 0.1@1"])
    }

    @Test func `an echo is a finding where none is declared, and its absence where one is`() {
        var script = Script(members: 2)
        script.push(0, 0)
        script.recv(1, 0, 0)
        let echoing = DeliveryRule(echoesRoom: true, echoesDirected: true, routesDirected: false)
        #expect(Self.anomalies(script, echoing) == ["lost 0.0@0"])
        script.recv(0, 0, 0)
        #expect(Self.anomalies(script, echoing) == [])
        #expect(Self.anomalies(script) == ["unexpected 0.0@0"])
    }

    @Test func `a routed message is owed to its addressee and forbidden to others`() {
        let routed = DeliveryRule(echoesRoom: false, echoesDirected: false, routesDirected: true)
        var script = Script()
        script.push(0, 0, to: 1)
        script.recv(2, 0, 0)
        #expect(Self.anomalies(script, routed) == ["lost 0.0@1", "unexpected 0.0@2"])
    }

    @Test func `who joins later is owed nothing, and what it gets of before is stale`() {
        var script = Script(members: 2)
        script.push(0, 0)
        script.recv(1, 0, 0)
        script.join(2)
        script.recv(2, 0, 0)
        #expect(Self.anomalies(script) == ["stale 0.0@2"])
    }

    @Test func `who leaves may miss what is under way, and must not get what comes after`() {
        var script = Script()
        script.push(0, 0)
        script.recv(1, 0, 0)
        script.add(2, .leave, .invoke)
        script.add(2, .leave, .ok)
        script.push(0, 1, to: nil)
        script.recv(1, 0, 1)
        #expect(Self.anomalies(script) == [])
        script.recv(2, 0, 1)
        #expect(Self.anomalies(script) == ["unexpected 0.1@2"])
    }

    @Test func `another room's message is unexpected; what failed must not arrive; what is unknown may`() {
        var script = Script(members: 2)
        script.join(2, room: "other")
        script.push(2, 0, room: "other")
        script.recv(1, 2, 0)
        script.push(0, 0, .fail)
        script.recv(1, 0, 0)
        script.push(0, 1, .info)
        script.recv(1, 0, 1)
        script.push(0, 2, .info)
        #expect(Self.anomalies(script) == ["unexpected 0.0@1", "unexpected 2.0@1", "recovered 0.1@1"])
    }

    @Test func `a sender's order is kept, repeats aside`() {
        var script = Script()
        for n in 0..<3 { script.push(0, n) }
        for n in [0, 2, 1, 2] { script.recv(1, 0, n) }
        for n in [0, 0, 1, 2] { script.recv(2, 0, n) }
        #expect(OrderChecker.fifo(in: script.history).map(\.message) == [MessageKey(from: 0, n: 1)])
    }

    @Test func `two receivers that disagree are found with the two messages`() throws {
        var script = Script()
        script.push(0, 0)
        script.push(1, 0)
        script.recv(2, 0, 0)
        script.recv(2, 1, 0)
        #expect(OrderChecker.total(in: script.history).isEmpty)
        script.recv(0, 1, 0)
        script.recv(0, 0, 0)
        let found = try #require(OrderChecker.total(in: script.history).first)
        #expect(Set([found.finding.message, found.other]) == [MessageKey(from: 0, n: 0), MessageKey(from: 1, n: 0)])
    }

    @Test func `an answer before what it answers is found`() {
        var script = Script()
        script.push(0, 0)
        script.push(1, 0)
        script.recv(1, 0, 0)
        script.recv(2, 1, 0)
        script.recv(2, 0, 0)
        let causes = [MessageKey(from: 1, n: 0): MessageKey(from: 0, n: 0)]
        #expect(OrderChecker.causal(in: script.history, causes: causes).map(\.agent) == [2])
    }

    @Test func `a counterexample has at most twenty events, and those of its message among them`() {
        var script = Script(members: 30)
        for n in 0..<40 { script.push(0, n) }
        let excerpt = script.history.excerpt(messages: [MessageKey(from: 0, n: 7)], agents: Set(0..<30))
        #expect(excerpt.count == History.counterexampleLimit)
        #expect(excerpt.contains { $0.action == .push && $0.n == 7 })
        #expect(zip(excerpt, excerpt.dropFirst()).allSatisfy { $0.t <= $1.t })
    }
}
