extension Profile {
    /// When members press the call button.
    package struct Calls: Equatable, Sendable {
        package var when = When.join
        /// From one caller of a room to the next, when all are present and ``spread`` is absent.
        package var gap = Duration.milliseconds(500)
        /// The window in which the callers of a room call, each at a random moment; 0 = all at once.
        package var spread: Duration?
        package var callers = Callers.all

        package init() {}

        /// What a call waits for.
        package enum When: String, Codable, CaseIterable, Sendable {
            /// Each member calls as it arrives.
            case join
            /// All of a room join first.
            case present
        }
    }
}

extension Profile.Calls: Codable {
    private enum CodingKeys: String, CodingKey { case when, gap, spread, callers }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        self.when = try container.decode(When.self, forKey: .when)
        self.gap = try container.decodeIfPresent(Profile.Duration.self, forKey: .gap) ?? self.gap
        self.spread = try container.decodeIfPresent(Profile.Duration.self, forKey: .spread)
        self.callers = try container.decodeIfPresent(Profile.Callers.self, forKey: .callers) ?? self.callers
    }

    /// Writes only the keys that mean something together, so that the result is itself a valid section.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.when, forKey: .when)
        guard self.when == .present else { return }
        if let spread = self.spread {
            try container.encode(spread, forKey: .spread)
        } else {
            try container.encode(self.gap, forKey: .gap)
        }
        try container.encode(self.callers, forKey: .callers)
    }
}
