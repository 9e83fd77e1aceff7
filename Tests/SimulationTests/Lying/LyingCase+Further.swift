import Measure
import NIOCore
import Signaling
import Simulation
import Workload

extension LyingCase {
    /// Lies that once went unnoticed.
    static let further: [LyingCase] = [
        LyingCase(
            lie: "changes one byte of every offer and answer",
            run: {
                Self.liar { server, _ in
                    let memory = Memory()
                    server.fate = { text, _ in
                        guard text.isA(.offer) || text.isA(.answer), let tag = text.tag,
                            let place = LyingServer.Text.place(of: #""sdp":"v="#, in: text.bytes)
                        else { return .said }
                        if memory.names.updateValue(1, forKey: "\(tag.sender) \(tag.n)") == nil {
                            server.log.altered += 1
                        }
                        var bytes = text.bytes
                        bytes[place] = UInt8(ascii: "7")
                        return .changed(bytes)
                    }
                }
            },
            facts: { outcome in
                [
                    Self.fact("descriptions altered", outcome.log.altered, "deliveries.corrupted", outcome),
                    Self.fact("pairs that hold what was sent", 0, "negotiation.connectable", outcome),
                ] + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "delivers the last half second of chatter again a second later",
            run: {
                Self.liar { server, simulation in
                    // Three seconds of calls and one of warm-up come before the ten.
                    let last = simulation.loop.now + .milliseconds(13_500)
                    server.fate = { text, _ in
                        text.isA(.chatter) && server.loop.now >= last ? .saidAgain(.seconds(1)) : .said
                    }
                }
            },
            facts: { outcome in
                [Self.fact("deliveries doubled", outcome.log.doubled, "deliveries.duplicate", outcome)]
                    + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "loses a third of the chatter, where the mean of the rest would pass",
            run: {
                var run = Self.liar { server, _ in
                    let memory = Memory()
                    server.fate = { text, _ in text.isA(.chatter) && memory.isEach(3) ? .dropped : .said }
                }
                run.profile.gates = ["fanout.latency.mean < 50ms"]
                return run
            },
            facts: { outcome in
                [Self.fact("deliveries swallowed", outcome.log.dropped, "deliveries.lost", outcome)]
                    + Self.traffic(outcome)
            }),
    ]
}
