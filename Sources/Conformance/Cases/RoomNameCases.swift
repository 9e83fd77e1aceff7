import Measure

/// What rooms may be called: ROOM-07 to ROOM-11.
enum RoomNameCases {
    static let all: [String: CaseBook.Body] = [
        "ROOM-07": { try await Self.unicode($0) },
        "ROOM-08": { try await Self.separators($0) },
        "ROOM-09": { try await Self.wildcards($0) },
        "ROOM-10": { try await Self.lengths($0) },
        "ROOM-11": { try await Self.controls($0) },
    ]

    private static func unicode(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let p = rig.room()
        let names = [
            "日本語", "👩‍👩‍👧‍👦", "👩", "עברית", "caf\u{E9}", "cafe\u{301}", "\u{1D11E}", "\u{FFFD}", "A", "a",
        ]
        return try await Self.isolated(names.map { p + $0 }, rig)
    }

    private static func separators(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let p = rig.room()
        return try await Self.isolated(
            [
                p, "\(p)/b", "/\(p)", "\(p)//b", "\(p)/", "..", "../\(p)", "%2e%2e%2f\(p)", "\(p)?b", "\(p) b",
                "\(p)%2Fb",
            ], rig)
    }

    private static func wildcards(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let p = rig.room()
        return try await Self.isolated(["+", "#", "*", "\(p)+b", "\(p)xb", "$\(p)", "$share/g/\(p)", p, "\(p)/#"], rig)
    }

    private static func controls(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let p = rig.room()
        return try await Self.isolated([p, "\(p)\0y", "\(p)\n", "\u{FEFF}\(p)", "\(p)\u{1E}", "\(p)\u{7F}"], rig)
    }

    private static func lengths(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let p = rig.room()
        func name(_ length: Int, _ last: String) -> String {
            p + String(repeating: "x", count: max(0, length - p.utf8.count - 1)) + last
        }
        let outcome = try await Self.isolated(
            [
                name(1_024, "a"), name(1_024, "b"), name(65_535, "a"), name(65_535, "b"), name(65_536, "a"),
                name(65_536, "b"),
            ], rig)
        let agent = try await rig.connect()
        let isIn = await rig.tryJoin(agent, "")
        let empty =
            isIn
            ? "the empty name is a room"
            : agent.refusals.isEmpty && agent.isOpen ? "the empty name got no answer" : "the empty name is refused"
        let isAsDeclared = rig.declaration.text("room.emptyName").map { $0 == (isIn ? "default" : "reject") } ?? true
        var result = outcome
        result.actual += "; \(empty)"
        if outcome.verdict == .pass, !isAsDeclared { result.verdict = .nonStrict }
        return result
    }

    /// Two members a name, each says one thing: all is heard in the own room and nowhere else, or the name is refused.
    private static func isolated(_ names: [String], _ rig: isolated CaseRig) async throws -> CaseOutcome {
        var refused: [String] = []
        var silent: [String] = []
        for name in names {
            var isIn = true
            for _ in 0..<2 where isIn {
                let agent = try await rig.connect()
                isIn = await rig.tryJoin(agent, name)
                if isIn { continue }
                // Silence is neither yes nor no.
                let isSilent = agent.isOpen && agent.refusals.isEmpty && agent.state == .joining
                if isSilent { silent.append(RoomLabel.of(name)) } else { refused.append(RoomLabel.of(name)) }
            }
        }
        for agent in rig.agents where agent.isJoined { agent.push("1") }
        await rig.drain()
        var outcome = rig.judge([.unexpected, .lost], expected: "each name is a room of its own, or refused")
        if !refused.isEmpty {
            outcome.actual += "; refused: \(refused.map { String($0.prefix(40)) }.joined(separator: ", "))"
        }
        if outcome.verdict == .inconclusive, refused.count == names.count { outcome.verdict = .pass }
        if !silent.isEmpty, outcome.verdict != .fail {
            outcome.verdict = .fail
            outcome.actual += "; no answer for \(silent.map { String($0.prefix(40)) }.joined(separator: ", "))"
        }
        outcome.evidence["refused"] = refused.count
        return outcome
    }
}
