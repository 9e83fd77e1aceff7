extension ProfileKeys {
    static let reconnect: [ProfileKey] = [
        ProfileKey(section: "reconnect.backoff") { reader, entry, profile in
            guard case .mapping = entry.value.content else {
                return reader.reportNoSection(entry.value, "reconnect.backoff")
            }
            if reader.entry("backend.reconnect") == nil { profile.backend.reconnect = .backoff }
            guard profile.backend.reconnect != .backoff else { return }
            reader.report(
                "reconnect.backoff means nothing beside backend.reconnect: \(profile.backend.reconnect.rawValue)",
                at: entry.value.place)
        },
        Self.backoff(
            "base", .duration(isPositive: true), \.base,
            "The wait before an agent that lost its connection dials again, before jitter.", absence: "250ms"),
        Self.backoff(
            "factor", .value("1…100", expected: "a factor", extremes: ["1", "100", "0.9", "101", "x"]), \.factor,
            "How much longer each further wait in a row is.", absence: "2"),
        Self.backoff("max", .duration(isPositive: true), \.max, "No wait is longer.", absence: "8s"),
        Self.backoff(
            "jitter", .choice(), \.jitter, "What chance does to a wait; around is half of it more or less.",
            absence: "equal"),
    ]

    private static func backoff<Value: Equatable>(
        _ name: String, _ form: KeyForm<Value>,
        _ place: any WritableKeyPath<Profile.Backend.Backoff, Value> & Sendable, _ meaning: String, absence: String
    ) -> ProfileKey {
        ProfileKey(
            "reconnect.backoff.\(name)", form, meaning, isComparable: false, absence: absence,
            isSilent: { $0.backend.backoff[keyPath: place] == Profile.Backend.Backoff.standard[keyPath: place] },
            get: { $0.backend.reconnect == .backoff ? $0.backend.backoff[keyPath: place] : nil },
            set: { _, _, value, profile in profile.backend.backoff[keyPath: place] = value })
    }
}
