/// In reports an event is `{"t":1.0231,"agent":"a3","f":"recv","type":"ok","from":"a1","n":17}`: seconds, and agents by name.
extension HistoryEvent: Codable {
    private enum CodingKeys: String, CodingKey {
        case t, agent, f, type, room, from, n, to, digest, mine, note, peer
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: CodingKeys.self)
        try box.encode(Double(self.t / 1_000) / 1_000_000, forKey: .t)
        try box.encode(Self.name(self.agent), forKey: .agent)
        try box.encode(self.action, forKey: .f)
        try box.encode(self.outcome, forKey: .type)
        try box.encodeIfPresent(self.room, forKey: .room)
        try box.encodeIfPresent(self.from.map(Self.name), forKey: .from)
        try box.encodeIfPresent(self.n, forKey: .n)
        try box.encodeIfPresent(self.to.map(Self.name), forKey: .to)
        try box.encodeIfPresent(self.digest.map { String($0, radix: 16) }, forKey: .digest)
        try box.encodeIfPresent(self.isMine, forKey: .mine)
        try box.encodeIfPresent(self.note, forKey: .note)
        try box.encodeIfPresent(self.peer, forKey: .peer)
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        func agent(_ key: CodingKeys) throws -> Int? {
            guard let name = try box.decodeIfPresent(String.self, forKey: key) else { return nil }
            guard name.first == "a", let number = Int(name.dropFirst()) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: box, debugDescription: "'\(name)' is no agent")
            }
            return number
        }
        let seconds = try box.decode(Double.self, forKey: .t)
        let digest = try box.decodeIfPresent(String.self, forKey: .digest)
        self.init(
            t: Int64((seconds * 1e9).rounded()), agent: try agent(.agent) ?? -1,
            action: try box.decode(Action.self, forKey: .f),
            outcome: try box.decode(Outcome.self, forKey: .type),
            room: try box.decodeIfPresent(String.self, forKey: .room),
            from: try agent(.from), n: try box.decodeIfPresent(Int.self, forKey: .n), to: try agent(.to),
            digest: digest.flatMap { UInt64($0, radix: 16) }, isMine: try box.decodeIfPresent(Bool.self, forKey: .mine),
            note: try box.decodeIfPresent(String.self, forKey: .note),
            peer: try box.decodeIfPresent(PeerFact.self, forKey: .peer))
    }

    /// How reports name an agent.
    package static func name(_ agent: Int) -> String { "a\(agent)" }
}
