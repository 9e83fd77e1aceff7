import Measure
import Signaling

/// Reproduces the law of glare: the published client in rooms of two, calls at random within windows of W = 2, 4, 8 T.
///
/// It needs a latency that is long beside what a machine's hiccups add; `relay?delay=40ms` has one.
enum GlareSweep {
    private static let ratios = [2.0, 4.0, 8.0]
    /// Rooms that negotiate at the same time, each in its own window.
    private static let rooms = 50
    /// The shortest latency, in nanoseconds, at which timers are exact enough.
    private static let shortest: Int64 = 20_000_000

    /// One attempt of one pair.
    private struct Trial {
        var a: NegotiatingAgent
        var b: NegotiatingAgent
        /// When each called, in nanoseconds of the case.
        var calls: (a: Int64, b: Int64) = (0, 0)
        var isComplete = false
    }

    /// Runs the sweep.
    ///
    /// - Returns: a point for each ratio; none when the backend is too quick for it.
    static func run(_ rig: isolated CaseRig) async throws -> [GlarePoint] {
        rig.board.readsContent = false
        var agents: [(ScriptedAgent, ScriptedAgent)] = []
        for room in 0..<Self.rooms {
            let pair = try await rig.members(2, of: rig.room("sweep-\(room)"))
            agents.append((pair[0], pair[1]))
        }
        let latency = await Self.latency(agents, rig)
        guard latency >= Self.shortest else { return [] }
        var draw = SplitMix64(seed: rig.seed)
        var points: [GlarePoint] = []
        for ratio in Self.ratios {
            var trials: [Trial] = []
            var times: [Int64] = []
            while trials.count < rig.size(200, 2_000) {
                let batch = await Self.batch(
                    agents, window: Int64(Double(latency) * ratio), latency, &draw, &times, rig)
                trials += batch
            }
            points.append(Self.point(trials, times, ratio, window: Double(latency) * ratio))
        }
        return points
    }

    /// The median time from a message to its receipt.
    private static func latency(_ agents: [(ScriptedAgent, ScriptedAgent)], _ rig: isolated CaseRig) async -> Int64 {
        var sent: [MessageKey: Int64] = [:]
        for (a, _) in agents { sent[a.push("0")] = rig.board.elapsed }
        await rig.drain()
        let times = agents.compactMap { _, b in
            b.inbox.last.flatMap { heard in heard.key.flatMap { sent[$0] }.map { heard.t - $0 } }
        }
        return times.sorted()[safe: times.count / 2] ?? 0
    }

    /// One attempt in each room.
    private static func batch(
        _ agents: [(ScriptedAgent, ScriptedAgent)], window: Int64, _ latency: Int64, _ draw: inout SplitMix64,
        _ times: inout [Int64], _ rig: isolated CaseRig
    ) async -> [Trial] {
        var trials = agents.map { a, b in
            Trial(a: NegotiatingAgent(a, .seed, candidates: (0, 0)), b: NegotiatingAgent(b, .seed, candidates: (0, 0)))
        }
        var calls: [(due: Int64, trial: Int, isA: Bool)] = []
        for index in trials.indices {
            calls.append((Int64(draw.next() % UInt64(window)), index, true))
            calls.append((Int64(draw.next() % UInt64(window)), index, false))
        }
        calls.sort { $0.due < $1.due }
        let marks = agents.map { ($0.0.inbox.count, $0.1.inbox.count) }
        let began = rig.board.elapsed
        for call in calls {
            let wait = Double(call.due - (rig.board.elapsed - began)) / 1e9
            if wait > 0 { await rig.pause(seconds: wait) }
            if call.isA {
                trials[call.trial].calls.a = rig.board.elapsed
                trials[call.trial].a.call()
            } else {
                trials[call.trial].calls.b = rig.board.elapsed
                trials[call.trial].b.call()
            }
        }
        await rig.drain(patience: Double(latency) * 8 / 1e9, settle: Double(latency) * 6 / 1e9)
        for (index, (a, b)) in agents.enumerated() {
            let trial = trials[index]
            for (agent, mark, called) in [(b, marks[index].1, trial.calls.a), (a, marks[index].0, trial.calls.b)] {
                if let heard = agent.inbox.dropFirst(mark).first(where: { $0.kind == .call }) {
                    times.append(heard.t - called)
                }
            }
            trials[index].isComplete = trial.a[trial.b].isNegotiated(with: trial.b[trial.a])
        }
        return trials
    }

    private static func point(_ trials: [Trial], _ times: [Int64], _ ratio: Double, window: Double) -> GlarePoint {
        let latency = Double(times.sorted()[safe: times.count / 2] ?? 0)
        let exceptions = trials.filter { trial in
            (Double(abs(trial.calls.a - trial.calls.b)) >= latency) != trial.isComplete
        }
        let farthest = exceptions.map { abs(Double(abs($0.calls.a - $0.calls.b)) - latency) }.max() ?? 0
        return GlarePoint(
            ratio: ratio, window: window / 1e6, latency: latency / 1e6, pairs: trials.count,
            measured: Double(trials.count(where: \.isComplete)) / Double(max(1, trials.count)),
            exceptions: exceptions.count,
            farthest: farthest / 1e6)
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { self.indices.contains(index) ? self[index] : nil }
}
