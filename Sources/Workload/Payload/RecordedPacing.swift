import Signaling

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
        guard signaling.pacing == .recorded else { return 0 }
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
