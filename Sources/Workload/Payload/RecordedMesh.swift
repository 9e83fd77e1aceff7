/// What a recorded call says of its peers: who called when, and what each pair said in which rhythm.
struct RecordedMesh: Sendable {
    /// In the order of their first words.
    let peers: [String]
    /// Those that came to an answer, by the time of their offers.
    private(set) var pairs: [Pair] = []
    /// By peer: when its connection was opened, in nanoseconds after the first message.
    let arrivals: [Int64]
    /// By peer: when it called, in nanoseconds after the first message; nil where it was only called.
    private(set) var calls: [Int64?]
    /// Messages that a replay leaves out: repeated calls, offers that no answer followed, messages to nobody known.
    private(set) var unplayed = 0

    /// The negotiation of two peers.
    struct Pair: Sendable {
        let offerer: Int
        let answerer: Int
        let offer: Description
        let answer: Description
        /// From the call to the response, from there to the offer, from there to the answer, in nanoseconds.
        let think: (response: Int64, offer: Int64, answer: Int64)
        /// Nobody asked for the offer.
        let isUnasked: Bool
    }

    /// What one end of a pair said.
    struct Description: Sendable {
        let at: Int64
        let sdp: String
        let candidates: [Candidate]
    }

    struct Candidate: Sendable {
        /// Nanoseconds after the description.
        let delay: Int64
        let text: String
        let mid: String?
        let line: Int?
    }

    /// The most peers, and candidates of one end.
    static let most = (peers: 256, candidates: Profile.Signaling.Candidates.range.upperBound)

    /// The call that the program carries.
    static let chromium = RecordedMesh(RecordedCall.chromium)

    /// Takes a recording apart.
    init(_ call: RecordedCall) {
        let sorted = call.messages.enumerated().sorted {
            ($0.element.milliseconds, $0.offset) < ($1.element.milliseconds, $1.offset)
        }
        .map(\.element)
        var names: [String] = []
        for message in sorted.map(\.message) {
            for name in [message.from, message.sendto].compactMap({ $0 }) where !names.contains(name) {
                if names.count < Self.most.peers { names.append(name) }
            }
        }
        let number = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        self.peers = names
        self.calls = names.map { _ in nil }
        let earliest = min(0, (call.peers ?? []).map { RecordedCall.nanoseconds($0.milliseconds) }.min() ?? 0)
        var arrivals = names.map { _ in earliest }
        for peer in call.peers ?? [] {
            if let index = number[peer.name] { arrivals[index] = RecordedCall.nanoseconds(peer.milliseconds) }
        }
        self.arrivals = arrivals
        var streams: [[RecordedCall.Entry]] = Array(repeating: [], count: names.count * names.count)
        var calls: [[Int64]] = names.map { _ in [] }
        var heard = 0
        for entry in sorted where entry.message.type != "bye" {
            heard += 1
            guard let from = number[entry.message.from] else { continue }
            if entry.message.type == "call" {
                calls[from].append(entry.nanoseconds)
                continue
            }
            // Between two, a message without an addressee is for the other.
            let other = names.count == 2 ? 1 - from : nil
            guard let to = entry.message.sendto.flatMap({ number[$0] }) ?? other else { continue }
            streams[from * names.count + to].append(entry)
        }
        var played = 0
        for one in names.indices {
            for two in names.indices where one < two {
                let there = streams[one * names.count + two]
                let back = streams[two * names.count + one]
                let pair =
                    Self.pair(there, back, offerer: one, answerer: two, calls: calls[one])
                    ?? Self.pair(back, there, offerer: two, answerer: one, calls: calls[two])
                guard let pair else { continue }
                self.pairs.append(pair)
                played += 2 + pair.offer.candidates.count + pair.answer.candidates.count + (pair.isUnasked ? 0 : 1)
            }
        }
        self.pairs.sort { ($0.offer.at, $0.offerer, $0.answerer) < ($1.offer.at, $1.offerer, $1.answerer) }
        for peer in names.indices {
            // Who offers without having been answered calls when the last of those is there.
            let unasked = self.pairs.filter { $0.offerer == peer && $0.isUnasked }.map(\.offer.at).max()
            self.calls[peer] = calls[peer].first ?? unasked
            if !calls[peer].isEmpty { played += 1 }
        }
        self.unplayed = heard - played
    }

    /// The negotiation in which one end offered and the other answered.
    private static func pair(
        _ there: [RecordedCall.Entry], _ back: [RecordedCall.Entry], offerer: Int, answerer: Int, calls: [Int64]
    ) -> Pair? {
        guard let answer = back.first(where: { $0.message.type == "answer" && $0.message.sdp != nil }),
            let offer = there.last(where: {
                $0.message.type == "offer" && $0.message.sdp != nil && $0.milliseconds <= answer.milliseconds
            })
        else { return nil }
        let response = back.last { $0.message.type == "response" && $0.milliseconds <= offer.milliseconds }
        let call = response.flatMap { response in calls.last { $0 <= response.nanoseconds } }
        return Pair(
            offerer: offerer, answerer: answerer, offer: self.description(offer, there),
            answer: self.description(answer, back),
            think: (
                call.flatMap { call in response.map { $0.nanoseconds - call } } ?? 0,
                response.map { offer.nanoseconds - $0.nanoseconds } ?? 0, answer.nanoseconds - offer.nanoseconds
            ), isUnasked: response == nil)
    }

    private static func description(_ entry: RecordedCall.Entry, _ stream: [RecordedCall.Entry]) -> Description {
        Description(
            at: entry.nanoseconds, sdp: entry.message.sdp ?? "",
            candidates: stream.filter { $0.message.type == "candidate" }.prefix(self.most.candidates).map {
                Candidate(
                    delay: max(0, $0.nanoseconds - entry.nanoseconds), text: $0.message.candidate ?? "",
                    mid: $0.message.sdpMid, line: $0.message.sdpMLineIndex)
            })
    }
}

/// Which pair of a recording two agents play.
struct Casting: Sendable {
    /// By agent: its place in its room; empty: there is one pair for all.
    private let slots: [Int32]
    private let peers: Int
    private let pairs: Int
    /// By both peers; -1: they never negotiated.
    private let table: [Int32]

    /// One pair for all.
    init() { (self.slots, self.peers, self.pairs, self.table) = ([], 1, 1, []) }

    /// Agents play the peers of a recording by their places in their rooms.
    init(_ mesh: RecordedMesh, slots: [Int32]) {
        let count = mesh.peers.count
        var table = [Int32](repeating: -1, count: count * count)
        for (index, pair) in mesh.pairs.enumerated() {
            table[pair.offerer * count + pair.answerer] = Int32(index)
            table[pair.answerer * count + pair.offerer] = Int32(index)
        }
        (self.slots, self.peers, self.pairs, self.table) = (slots, count, mesh.pairs.count, table)
    }

    /// The pair of two agents, in either order; where a room has more members than the recording, any of its pairs.
    func pair(_ agent: Int, _ peer: Int) -> Int {
        guard !self.table.isEmpty else { return 0 }
        let (one, two) = (self.slot(agent), self.slot(peer))
        if one < self.peers, two < self.peers, self.table[one * self.peers + two] >= 0 {
            return Int(self.table[one * self.peers + two])
        }
        return (min(one, two) &* 31 &+ max(one, two)) % self.pairs
    }

    /// Who is none of the run's has its number for a place.
    private func slot(_ agent: Int) -> Int { agent < self.slots.count ? Int(self.slots[agent]) : agent }
}
