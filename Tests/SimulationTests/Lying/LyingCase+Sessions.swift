import Backends
import Fleet
import Foundation
import Measure
import NIOCore
import Signaling
import Simulation
import Workload

extension LyingCase {
    /// Lies about who is there, and when.
    static let sessions: [LyingCase] = [
        LyingCase(
            lie: "reads nothing for 5 s while members negotiate",
            run: {
                var run = LyingRun()
                run.profile.gates = ["fanout.latency.max < 1s"]
                run.lie = { _, simulation in
                    let loop = simulation.loop
                    let network = NIOLoopBound(simulation.network, eventLoop: loop)
                    loop.at(loop.now + .milliseconds(2_500)) {
                        network.value.suffer(.freeze([.toServer], .seconds(5)))
                    }
                }
                return run
            },
            facts: { outcome in
                let longest = outcome.fleet.samples[.fanoutUncorrected].max.map { Double($0 / 1_000_000) }
                return [
                    Fact(
                        what: "ms that the longest chatter took", truth: Self.longestChatter(outcome),
                        metric: "fanout.uncorrected.max", reported: longest)
                ] + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "acknowledges QoS 1 after 3 s (two rooms of two)",
            run: {
                var run = LyingRun()
                run.backend = "mqtt"
                run.options = ["qos": "1"]
                run.acknowledges = .seconds(3)
                (run.profile.agents, run.profile.rooms.layout) = (4, .size(2))
                run.profile.chatter?.rate = .init(perSecond: 10)
                run.profile.gates = ["fanout.latency.max < 1s"]
                return run
            },
            facts: { outcome in
                [
                    Fact(
                        what: "messages held back by the window", truth: outcome.log.waited,
                        metric: "session.backpressure samples",
                        reported: Double(outcome.fleet.samples[.sessionBackpressure].count))
                ] + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "refuses every join of an agent but its first",
            run: {
                var run = Self.liar { server, _ in
                    let memory = Memory()
                    server.fate = { text, connection in
                        if memory.numbers[connection] != nil { return .dropped }
                        guard text.says(#""op":"joined""#) else { return .said }
                        let room = Self.room(of: text)
                        memory.names[room, default: 0] += 1
                        guard memory.names[room, default: 0] > 3 else { return .said }
                        memory.numbers[connection] = 1
                        server.log.refused += 1
                        return .changed(
                            Array(
                                #"{"op":"error","code":"bad-room","message":"no second time","room":"\#(room)"}"#.utf8))
                    }
                }
                Self.churn(&run, stay: 4_000, rejoin: 300)
                return run
            },
            facts: { outcome in
                [Self.fact("joins refused", outcome.log.refused, "sessions.refused", outcome)] + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "ignores every second join, and never says so",
            run: {
                var run = Self.liar { server, _ in
                    let memory = Memory()
                    server.hears = { text, _ in !(text.says(#"["enter""#) && memory.isEach(2)) }
                }
                run.backend = "socketio"
                return run
            },
            facts: { outcome in
                let absent = (outcome.metrics["agents.requested"] ?? 0) - (outcome.metrics["agents.connected"] ?? 0)
                return [
                    Fact(
                        what: "joins ignored", truth: outcome.log.ignored, metric: "agents.requested − .connected",
                        reported: absent)
                ] + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "ignores every second join under churn, and never says so",
            run: {
                var run = Self.liar { server, _ in
                    let memory = Memory()
                    let grace = TimeAmount.milliseconds(300)
                    server.hears = { text, connection in
                        if let place = LyingServer.Text.place(of: #"["enter",""#, in: text.bytes) {
                            let room = text.bytes[place...].prefix { $0 != UInt8(ascii: "\"") }
                            memory.rooms[connection] = Array(room)
                            guard memory.isEach(2) else { return true }
                            server.later(grace, on: connection) { _ in memory.deaf.insert(connection) }
                            return false
                        }
                        guard text.tag != nil, !text.isA(.bye) else { return true }
                        for other in memory.deaf
                        where other != connection && memory.rooms[other] == memory.rooms[connection] {
                            memory.deaf.remove(other)
                            server.later(.seconds(1), on: other) { $0.log.deaf += 1 }
                        }
                        return true
                    }
                }
                run.backend = "socketio"
                Self.churn(&run, stay: 4_000, rejoin: 300)
                return run
            },
            facts: { outcome in
                [Self.fact("sessions left deaf", outcome.log.deaf, "sessions.unheard", outcome)]
                    + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "closes every connection after 100 ms, for a minute (two members)",
            run: {
                var run = Self.liar { server, _ in server.life = .milliseconds(100) }
                // Whoever is back calls: few members, or it is a storm.
                (run.profile.agents, run.profile.rooms.layout) = (2, .size(2))
                run.profile.signaling.candidates = .init(offerer: 0, answerer: 0)
                run.profile.chatter?.rate = .init(perSecond: 1)
                run.profile.phases.steady = .seconds(60)
                run.reconnect = .backoff
                return run
            },
            facts: { outcome in
                [Self.fact("connections closed", outcome.log.closed, "agents.disconnected", outcome)]
                    + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "delays everything 2 s and drops each fifth delivery, under churn",
            run: {
                var run = Self.liar { server, _ in
                    let memory = Memory()
                    server.fate = { text, _ in
                        guard text.tag != nil else { return .said }
                        return memory.isEach(5) ? .dropped : .late(.seconds(2))
                    }
                }
                Self.churn(&run, stay: 4_000, rejoin: 500)
                return run
            },
            facts: { Self.traffic($0) }),
        LyingCase(
            lie: "dies under churn",
            run: {
                var run = Self.liar { server, simulation in
                    let loop = simulation.loop
                    let bound = NIOLoopBound((server: server, network: simulation.network), eventLoop: loop)
                    loop.at(loop.now + .seconds(7)) {
                        bound.value.server.cutAll()
                        bound.value.network.answer("server", .refuse)
                    }
                }
                run.reconnect = .backoff
                run.profile.phases.steady = .seconds(30)
                Self.churn(&run, stay: 4_000, rejoin: 500)
                return run
            },
            facts: { outcome in
                [Self.fact("connections cut", outcome.log.closed, "agents.disconnected", outcome)]
                    + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "lets in 3 s late",
            run: {
                var run = Self.liar { server, _ in server.handshake = .seconds(3) }
                run.profile.gates = ["session.connect.p50 < 1s"]
                return run
            },
            facts: { outcome in
                let late = outcome.fleet.samples[.sessionConnect]
                let isLate = (outcome.metrics["session.connect.p50"] ?? 0) >= 2_990
                return [
                    Fact(
                        what: "connections let in late", truth: outcome.log.accepted,
                        metric: "session.connect above 3 s", reported: isLate ? Double(late.count) : 0)
                ] + Self.traffic(outcome)
            }),
    ]

    /// Whole milliseconds, of the chatter that was sent in the steady phase, by the links' own log.
    private static func longestChatter(_ outcome: LyingRun.Outcome) -> Int {
        guard let steady = outcome.fleet.phases.first(where: { $0.phase == .steady }) else { return 0 }
        let latencies = outcome.links.latencies {
            let at = Double(Int64($0.time.uptimeNanoseconds) - outcome.fleet.startedAt.nanoseconds) / 1e9
            return $0.isChatter && at >= steady.start && at < steady.end
        }
        return Int((latencies.max() ?? .zero).nanoseconds / 1_000_000)
    }

    static let all = Self.messages + Self.sessions + Self.further

    /// What came of each, played once.
    static let played = Self.all.map { lying in
        Result {
            let outcome = try lying.run().play()
            return Played(
                facts: lying.facts(outcome), ledger: outcome.fleet.samples.ledger, verdict: outcome.verdict,
                because: outcome.because)
        }
    }

    struct Played: Sendable {
        var facts: [Fact]
        var ledger: LedgerTotals
        var verdict: Verdict
        var because: [String]
    }
}
