import Signaling

/// Think and trickle times in nanoseconds: 0 with `pacing: none`, else drawn from the recording.
extension PayloadPool {
    /// From the receipt of a call to the response.
    ///
    /// - Parameters:
    ///   - agent: who responds.
    ///   - peer: who called.
    /// - Returns: nanoseconds.
    package func responseDelay(agent: Int, peer: Int) -> Int64 { self.pacing.response(agent: agent, peer: peer) }

    /// From the receipt of a response to the offer; with `ice: vanilla` the time to gather is part of it.
    ///
    /// - Parameters:
    ///   - agent: who offers.
    ///   - peer: who responded.
    /// - Returns: nanoseconds.
    package func offerDelay(agent: Int, peer: Int) -> Int64 { self.pacing.offer(agent: agent, peer: peer) }

    /// From the receipt of an offer to the answer; with `ice: vanilla` the time to gather is part of it.
    ///
    /// - Parameters:
    ///   - agent: who answers.
    ///   - peer: who offered.
    /// - Returns: nanoseconds.
    package func answerDelay(agent: Int, peer: Int) -> Int64 { self.pacing.answer(agent: agent, peer: peer) }

    /// From sending the own offer or answer to one of its candidates; never falls as `index` rises.
    ///
    /// - Parameters:
    ///   - agent: who trickles.
    ///   - peer: to whom.
    ///   - role: whether an offer or an answer was sent.
    ///   - index: 0 ..< `candidateCount`.
    /// - Returns: nanoseconds.
    package func candidateDelay(agent: Int, peer: Int, role: Role, index: Int) -> Int64 {
        self.pacing.candidate(agent: agent, peer: peer, role: role, index: index)
    }

    /// The smallest size of the `sdp` string that `signaling.payload` may ask for.
    ///
    /// - Parameters:
    ///   - role: offer or answer.
    ///   - signaling: its ICE mode and counts matter: `ice: vanilla` puts the candidates inside.
    /// - Returns: bytes before JSON escaping.
    package static func smallestDescription(_ role: Role, _ signaling: Profile.Signaling) -> Int {
        DescriptionTemplate(role: role, signaling: signaling).smallest
    }

    /// The smallest size of the `candidate` string that `signaling.payload` may ask for.
    package static var smallestCandidate: Int { CandidateShape.smallest }
}

/// Think and trickle times: those of a recorded pair, or drawn by hash, the same for a pair at any time and in any order.
struct PacingDraws: Sendable {
    private let seed: UInt64
    private let source: Source
    /// Candidates that are gathered before the description is sent.
    private let gathered: (offerer: Int, answerer: Int)

    private enum Source: Sendable {
        case none
        /// The one of the program.
        case draws(RecordedPacing)
        /// By pair.
        case pairs([PairPacing], Casting)
    }

    private enum Step: UInt64 {
        case response = 1
        case offer = 2
        case answer = 3
        case offererCandidates = 4
        case answererCandidates = 5
    }

    init(signaling: Profile.Signaling, seed: UInt64, slots: [Int32]) {
        self.seed = seed
        self.source =
            switch signaling.pacing {
            case .none: .none
            case .recorded: .draws(RecordedPacing.chromium)
            case .recording(let recording):
                .pairs(recording.mesh.pairs.map(PairPacing.init), Casting(recording.mesh, slots: slots))
            }
        switch signaling.ice {
        case .trickle: self.gathered = (0, 0)
        case .vanilla: self.gathered = (signaling.candidates.offerer, signaling.candidates.answerer)
        }
    }

    func response(agent: Int, peer: Int) -> Int64 {
        self.think(.response, agent, peer, recorded: \.response, drawn: \.responses)
    }

    func offer(agent: Int, peer: Int) -> Int64 {
        let think = self.think(.offer, agent, peer, recorded: \.offer, drawn: \.offers)
        guard self.gathered.offerer > 0 else { return think }
        return think + self.candidate(agent: agent, peer: peer, role: .offerer, index: self.gathered.offerer - 1)
    }

    func answer(agent: Int, peer: Int) -> Int64 {
        let think = self.think(.answer, agent, peer, recorded: \.answer, drawn: \.answers)
        guard self.gathered.answerer > 0 else { return think }
        return think + self.candidate(agent: agent, peer: peer, role: .answerer, index: self.gathered.answerer - 1)
    }

    func candidate(agent: Int, peer: Int, role: PayloadPool.Role, index: Int) -> Int64 {
        let drawn: [Int64]
        switch self.source {
        case .none: return 0
        case .pairs(let pairs, let casting):
            let pair = pairs[casting.pair(agent, peer)]
            drawn = role == .offerer ? pair.offererCandidates : pair.answererCandidates
        case .draws(let recorded):
            let series = role == .offerer ? recorded.offererCandidates : recorded.answererCandidates
            let step = role == .offerer ? Step.offererCandidates : .answererCandidates
            drawn = series[Int(RandomDraw.below(Int64(series.count), self.bits(step, agent, peer)))]
        }
        guard let last = drawn.last else { return 0 }
        return index < drawn.count ? drawn[index] : last
    }

    private func think(
        _ step: Step, _ agent: Int, _ peer: Int, recorded: KeyPath<PairPacing, Int64>,
        drawn: KeyPath<RecordedPacing, [Int64]>
    ) -> Int64 {
        switch self.source {
        case .none: 0
        case .pairs(let pairs, let casting): pairs[casting.pair(agent, peer)][keyPath: recorded]
        case .draws(let pacing): RecordedPacing.draw(pacing[keyPath: drawn], self.bits(step, agent, peer))
        }
    }

    private func bits(_ step: Step, _ agent: Int, _ peer: Int) -> UInt64 {
        let pair = SplitMix64.mix(UInt64(truncatingIfNeeded: agent), UInt64(truncatingIfNeeded: peer))
        return SplitMix64.mix(SplitMix64.mix(self.seed, step.rawValue), pair)
    }
}

/// Think and trickle times of one pair of a recording, in nanoseconds.
struct PairPacing: Sendable {
    let response: Int64
    let offer: Int64
    let answer: Int64
    /// From the offer, and from the answer; never falling.
    let offererCandidates: [Int64]
    let answererCandidates: [Int64]

    init(_ pair: RecordedMesh.Pair) {
        (self.response, self.offer, self.answer) = pair.think
        self.offererCandidates = pair.offer.candidates.map(\.delay)
        self.answererCandidates = pair.answer.candidates.map(\.delay)
    }

    /// From the call to the last candidate.
    var settling: Int64 {
        let answering = self.answer + (self.answererCandidates.last ?? 0)
        return self.response + self.offer + max(self.offererCandidates.last ?? 0, answering)
    }
}

/// Think and trickle times as Chromium took them in the three pairs of A.
///
/// The later pairs were recorded on a loaded machine and are left out. All times are nanoseconds.
struct RecordedPacing: Sendable {
    /// From the call to the response, rising.
    let responses: [Int64]
    /// From the response to the offer, rising.
    let offers: [Int64]
    /// From the offer to the answer, rising.
    let answers: [Int64]
    /// From the offer to each candidate of the offerer, for each pair; continued beyond what was recorded.
    let offererCandidates: [[Int64]]
    /// From the answer to each candidate of the answerer, for each pair; continued beyond what was recorded.
    let answererCandidates: [[Int64]]

    /// From one candidate to the next in a burst of the recording.
    private static let burstGap: Int64 = 300_000

    static let chromium = RecordedPacing(RecordedCall.chromium)

    private init(_ call: RecordedCall) {
        let peers = ["B", "C", "D"]
        let response = peers.map { call.first("response", from: $0, to: "A").nanoseconds }
        let offer = peers.map { call.first("offer", from: "A", to: $0).nanoseconds }
        let answer = peers.map { call.first("answer", from: $0, to: "A").nanoseconds }
        self.responses = response.sorted()
        self.offers = zip(offer, response).map { $0 - $1 }.sorted()
        self.answers = zip(answer, offer).map { $0 - $1 }.sorted()
        self.offererCandidates = Self.continued(
            zip(peers, offer).map { peer, start in
                call.all("candidate", from: "A", to: peer).map { $0.nanoseconds - start }
            })
        self.answererCandidates = Self.continued(
            zip(peers, answer).map { peer, start in
                call.all("candidate", from: peer, to: "A").map { $0.nanoseconds - start }
            })
    }

    /// Where ICE connected early and gathering stopped, the longest series gives the steps; after that a burst goes on.
    private static func continued(_ series: [[Int64]]) -> [[Int64]] {
        let longest = series.max { $0.count < $1.count } ?? []
        return series.map { recorded in
            var times = recorded
            while times.count < Profile.Signaling.Candidates.range.upperBound {
                let index = times.count
                let isKnown = index > 0 && index < longest.count
                let step = isKnown ? max(0, longest[index] - longest[index - 1]) : self.burstGap
                times.append((times.last ?? 0) + step)
            }
            return times
        }
    }

    /// A draw between the recorded values, which count as evenly spread quantiles.
    ///
    /// - Parameters:
    ///   - values: rising, at least one.
    ///   - bits: uniform.
    /// - Returns: from the first value to the last.
    static func draw(_ values: [Int64], _ bits: UInt64) -> Int64 {
        let position = RandomDraw.below(Int64(values.count - 1) << 20, bits)
        let index = Int(position >> 20)
        guard index + 1 < values.count else { return values[index] }
        return values[index] + ((values[index + 1] - values[index]) * (position & 0xf_ffff)) >> 20
    }

    /// The longest that the negotiation of a pair may take by think and trickle times alone.
    ///
    /// - Parameter signaling: pacing, ICE mode and candidate counts.
    /// - Returns: from the call to the last candidate.
    static func settling(_ signaling: Profile.Signaling) -> Int64 {
        switch signaling.pacing {
        case .none: return 0
        case .recording(let recording): return recording.mesh.pairs.map { PairPacing($0).settling }.max() ?? 0
        case .recorded: break
        }
        let pacing = Self.chromium
        func last(_ series: [[Int64]], _ count: Int) -> Int64 {
            count == 0 ? 0 : series.map { $0[count - 1] }.max() ?? 0
        }
        let offererGathers = last(pacing.offererCandidates, signaling.candidates.offerer)
        let answererGathers = last(pacing.answererCandidates, signaling.candidates.answerer)
        let toOffer = (pacing.responses.last ?? 0) + (pacing.offers.last ?? 0)
        let toAnswer = pacing.answers.last ?? 0
        switch signaling.ice {
        case .trickle: return toOffer + max(offererGathers, toAnswer + answererGathers)
        case .vanilla: return toOffer + offererGathers + toAnswer + answererGathers
        }
    }
}
