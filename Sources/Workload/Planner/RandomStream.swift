import Signaling

/// The independent random streams of a plan: changing one profile key leaves the draws of the others as they were.
enum RandomStream: UInt64 {
    case arrival = 1
    case churn = 2
    case calls = 3
    case chatter = 4
    case payload = 5
    case pacing = 6

    /// The seed of this stream.
    func seed(of run: UInt64) -> UInt64 { SplitMix64.mix(run, self.rawValue) }

    /// The seed of this stream for one agent.
    func seed(of run: UInt64, agent: Int) -> UInt64 { SplitMix64.mix(self.seed(of: run), UInt64(agent)) }
}
