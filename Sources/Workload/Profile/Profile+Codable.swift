extension Profile: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, description, backend, agents, rooms, arrival, calls, signaling, chatter, churn, phases, leave,
            validity, gates, seed, generator
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        self.name = try container.decode(String.self, forKey: .name)
        self.description = try container.decode(String.self, forKey: .description)
        self.backend = try container.decode(Backend.self, forKey: .backend)
        self.agents = try container.decode(Int.self, forKey: .agents)
        self.rooms = try container.decode(Rooms.self, forKey: .rooms)
        self.arrival = try container.decode(Arrival.self, forKey: .arrival)
        self.calls = try container.decode(Calls.self, forKey: .calls)
        self.signaling = try container.decode(Signaling.self, forKey: .signaling)
        let chatter = try container.decode(Chatter.self, forKey: .chatter)
        self.chatter = chatter.rate.perSecond > 0 ? chatter : nil
        self.churn = try container.decodeIfPresent(Churn.self, forKey: .churn)
        self.phases = try container.decode(Phases.self, forKey: .phases)
        self.leave = try container.decode(Leave.self, forKey: .leave)
        self.validity = try container.decode(Validity.self, forKey: .validity)
        self.gates = try container.decode([String].self, forKey: .gates)
        self.seed = try container.decode(UInt64.self, forKey: .seed)
        self.generator = try container.decode(Generator.self, forKey: .generator)
    }

    /// Writes every key, with `chatter.rate` 0 where there is no chatter: the result is itself a profile.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.name, forKey: .name)
        try container.encode(self.description, forKey: .description)
        try container.encode(self.backend, forKey: .backend)
        try container.encode(self.agents, forKey: .agents)
        try container.encode(self.rooms, forKey: .rooms)
        try container.encode(self.arrival, forKey: .arrival)
        try container.encode(self.calls, forKey: .calls)
        try container.encode(self.signaling, forKey: .signaling)
        try container.encode(self.chatter ?? Chatter.off, forKey: .chatter)
        try container.encodeIfPresent(self.churn, forKey: .churn)
        try container.encode(self.phases, forKey: .phases)
        try container.encode(self.leave, forKey: .leave)
        try container.encode(self.validity, forKey: .validity)
        try container.encode(self.gates, forKey: .gates)
        try container.encode(self.seed, forKey: .seed)
        try container.encode(self.generator, forKey: .generator)
    }
}
