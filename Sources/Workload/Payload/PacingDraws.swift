import Signaling

/// Think and trickle times, drawn by hash: the same for a pair at any time and in any order.
struct PacingDraws: Sendable {
    private let seed: UInt64
    /// Absent with `pacing: none`.
    private let recorded: RecordedPacing?
    /// Candidates that are gathered before the description is sent.
    private let gathered: (offerer: Int, answerer: Int)

    private enum Step: UInt64 {
        case response = 1
        case offer = 2
        case answer = 3
        case offererCandidates = 4
        case answererCandidates = 5
    }

    init(signaling: Profile.Signaling, seed: UInt64) {
        self.seed = seed
        self.recorded = signaling.pacing == .recorded ? RecordedPacing.chromium : nil
        switch signaling.ice {
        case .trickle: self.gathered = (0, 0)
        case .vanilla: self.gathered = (signaling.candidates.offerer, signaling.candidates.answerer)
        }
    }

    func response(agent: Int, peer: Int) -> Int64 {
        guard let recorded = self.recorded else { return 0 }
        return RecordedPacing.draw(recorded.responses, self.bits(.response, agent, peer))
    }

    func offer(agent: Int, peer: Int) -> Int64 {
        guard let recorded = self.recorded else { return 0 }
        let think = RecordedPacing.draw(recorded.offers, self.bits(.offer, agent, peer))
        guard self.gathered.offerer > 0 else { return think }
        return think + self.candidate(agent: agent, peer: peer, role: .offerer, index: self.gathered.offerer - 1)
    }

    func answer(agent: Int, peer: Int) -> Int64 {
        guard let recorded = self.recorded else { return 0 }
        let think = RecordedPacing.draw(recorded.answers, self.bits(.answer, agent, peer))
        guard self.gathered.answerer > 0 else { return think }
        return think + self.candidate(agent: agent, peer: peer, role: .answerer, index: self.gathered.answerer - 1)
    }

    func candidate(agent: Int, peer: Int, role: PayloadPool.Role, index: Int) -> Int64 {
        guard let recorded = self.recorded else { return 0 }
        let series = role == .offerer ? recorded.offererCandidates : recorded.answererCandidates
        let step = role == .offerer ? Step.offererCandidates : .answererCandidates
        let drawn = series[Int(RandomDraw.below(Int64(series.count), self.bits(step, agent, peer)))]
        return drawn[min(index, drawn.count - 1)]
    }

    private func bits(_ step: Step, _ agent: Int, _ peer: Int) -> UInt64 {
        let pair = SplitMix64.mix(UInt64(truncatingIfNeeded: agent), UInt64(truncatingIfNeeded: peer))
        return SplitMix64.mix(SplitMix64.mix(self.seed, step.rawValue), pair)
    }
}
