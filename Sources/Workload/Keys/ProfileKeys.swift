/// The keys of a profile, but for those of the single backends: each is defined here, and nowhere else.
package enum ProfileKeys {
    /// Every key, in the order of the interface.
    package static let all = ProfileKeys.table.filter(\.isListed)

    /// The keys, and what may stand in the place of a section or beside its keys.
    ///
    /// In the order in which they are read: a key may depend on those before it.
    static let table: [ProfileKey] =
        Self.run + Self.backend + Self.reconnect + Self.load + Self.signaling + Self.phases + Self.faults
        + Self.judgement + Self.machine

    private static let run: [ProfileKey] = [
        ProfileKey(
            "name",
            .word("text", problem: "is one line of 1 to 100 bytes without a slash: it names a folder") {
                !$0.isEmpty && $0.utf8.count <= 100 && !$0.contains { $0 == "/" || $0.isNewline }
            }, \.name, "What the run is called.", isComparable: false, absence: "the file's name"),
        ProfileKey("description", .text(), \.description, "What it is for.", isComparable: false),
    ]

    private static let load: [ProfileKey] = [
        ProfileKey("agents", .whole(Profile.agentRange), \.agents, "How many agents connect."),
        ProfileKey(
            "rooms.size", .whole(1...Profile.Rooms.largest),
            "Members of a room; the number of rooms is agents ÷ size, rounded up.", rule: Self.isOnlyLayout,
            get: { if case .size(let size) = $0.rooms.layout { size } else { nil } },
            set: { _, _, size, profile in profile.rooms.layout = .size(size) }),
        ProfileKey(
            "rooms.count", .whole(1...Profile.agentRange.upperBound, "1…agents"),
            "The number of rooms, instead of their size.", rule: Self.isOnlyLayout,
            get: { if case .count(let count) = $0.rooms.layout { count } else { nil } },
            set: { reader, node, count, profile in
                let size = (profile.agents + count - 1) / count
                let rooms = "rooms.count: \(count) rooms for \(profile.agents) agents"
                if count > profile.agents {
                    reader.report("\(rooms) leave some empty", at: node.place)
                } else if size > Profile.Rooms.largest {
                    reader.report(
                        "\(rooms) have \(size) members, and may have \(Profile.Rooms.largest)", at: node.place)
                } else {
                    profile.rooms.layout = .count(count)
                }
            }),
        ProfileKey(
            "rooms.sizes", .shares, "Several sizes, each by its share of the rooms: {2: 60%, 4: 40%}.",
            rule: Self.isOnlyLayout,
            get: { if case .sizes(let shares) = $0.rooms.layout { shares } else { nil } },
            set: { _, _, shares, profile in profile.rooms.layout = .sizes(shares) }),
        ProfileKey("rooms.fill", .choice(), \.rooms.fill, "All rooms fill at the same time, or one after another."),
        ProfileKey(
            "rooms.prefix", .roomPrefix,
            "What stands before the names room-0000, …; none: nothing, for a server whose rooms must exist.",
            isComparable: false, absence: "eight digits of the run",
            get: { $0.rooms.prefix }, set: { _, _, prefix, profile in profile.rooms.prefix = prefix }),
        ProfileKey("arrival.pattern", .choice(), \.arrival.pattern, "The law of the arrival times."),
        ProfileKey(
            "arrival.rate", .rate(isPositive: true, example: "50/s"),
            "Agents a second; the last rate of a ramp; nothing for a burst.",
            isSilent: { $0.arrival.pattern == .burst },
            get: { $0.arrival.rate }, set: { _, _, rate, profile in profile.arrival.rate = rate }),
        ProfileKey(
            "calls.when", .choice(), \.calls.when,
            "Each member calls as it arrives, once all of its room are there, or as in the recording."),
        ProfileKey(
            "calls.gap", .duration(), "With present: from one caller of a room to the next.", absence: "500ms",
            rule: Self.isPresent,
            get: { $0.calls.when == .present && $0.calls.spread == nil ? $0.calls.gap : nil },
            set: { _, _, gap, profile in profile.calls.gap = gap }),
        ProfileKey(
            "calls.spread", .duration(),
            "With present, instead of gap: each caller at random within it; 0ms: at once.",
            rule: { reader, entry, profile in
                if reader.entry("calls.gap") != nil {
                    reader.report("calls.spread contradicts calls.gap: give one", at: entry.keyPlace)
                }
                return Self.isPresent(&reader, entry, profile)
            },
            get: { $0.calls.when == .present ? $0.calls.spread : nil },
            set: { _, _, spread, profile in profile.calls.spread = spread }),
        ProfileKey(
            "calls.callers",
            .value("all | 0…4096", expected: "all or a whole number", extremes: ["all", "0", "4096", "4097", "-1"]),
            "With present: how many members of a room call.", absence: "all", rule: Self.isPresent,
            get: { $0.calls.when == .present ? $0.calls.callers : nil },
            set: { _, _, callers, profile in profile.calls.callers = callers }),
    ]

    private static let phases: [ProfileKey] = [
        ProfileKey(section: "chatter") { reader, entry, profile in
            guard case .scalar(let word) = entry.value.content else { return }
            if word == "none" { profile.chatter = nil } else { reader.reportNoSection(entry.value, "chatter") }
        },
        ProfileKey(
            "chatter.rate", .rate(example: "1/s"),
            "Probes for fan-out latency, a second and agent; 0 switches them off.",
            get: { ($0.chatter ?? .off).rate },
            set: { _, _, rate, profile in
                if rate.perSecond > 0 { profile.chatter?.rate = rate } else { profile.chatter = nil }
            }),
        ProfileKey(
            "chatter.bytes", .whole(0...PayloadPool.mostBytes), "Length of a probe's pad string.",
            isSilent: { $0.chatter == nil }, get: { ($0.chatter ?? .off).bytes },
            set: { _, _, bytes, profile in profile.chatter?.bytes = bytes }),
        ProfileKey(section: "churn") { reader, entry, profile in
            if case .scalar(let word) = entry.value.content, word != "none" {
                reader.reportNoSection(entry.value, "churn")
            }
            guard case .mapping = entry.value.content else { return }
            profile.churn = Profile.Churn()
            if reader.entry("churn.stay") == nil {
                reader.report("churn has no stay, such as {stay: 10s}", at: entry.value.place)
            }
        },
        ProfileKey(
            "churn.stay", .duration(isPositive: true, upTo: .longest),
            "Mean stay of a member that comes and goes; without churn all stay.", get: { $0.churn?.stay },
            set: { _, _, stay, profile in profile.churn?.stay = stay }),
        ProfileKey(
            "churn.rejoin", .duration(upTo: .longest), "Mean absence between two stays.", absence: "2s",
            get: { $0.churn?.rejoin }, set: { _, _, rejoin, profile in profile.churn?.rejoin = rejoin }),
        ProfileKey("phases.warmup", .duration(), \.phases.warmup, "From the end of the ramp to the steady phase."),
        ProfileKey("phases.steady", .duration(), \.phases.steady, "The phase that is measured; --duration sets it."),
        ProfileKey(
            "phases.drain", .duration(), \.phases.drain, "How long the last deliveries are waited for, at most."),
        ProfileKey(
            "phases.leave", KeyForm<Profile.Duration>.duration().orAbsent, \.phases.leave,
            "How long the members take to say goodbye, one after another; 0s: all at once.",
            absence: "at the arrival rate, at most 5s", isNew: true),
        ProfileKey("leave", .choice(), \.leave, "Whether members say goodbye at the end."),
    ]

    private static let judgement: [ProfileKey] = [
        ProfileKey(
            "validity.lateness", .share(), \.validity.lateness,
            "Send lateness p99 as a share of fan-out p99 (never below 5 ms)."),
        ProfileKey("validity.loopLag", .duration(isPositive: true), \.validity.loopLag, "Event-loop lag p99."),
        ProfileKey(
            "validity.cpu", .share(most: "is a share of one core, at most 100%"), \.validity.cpu,
            "The busiest event loop, of one core."),
        ProfileKey(
            "validity.throttled", .share(most: "is a share of the time, at most 100%"), \.validity.throttled,
            "Share of steady that a CPU quota may keep the generator from running.", isNew: true),
        ProfileKey(
            "validity.foreign", .share(most: "is a share, at most 100%"), \.validity.foreign,
            "Share of members or messages in the rooms that may be none of the run's, with foreign: unexpected.",
            isNew: true),
        ProfileKey(
            "gates", .list("conditions", of: "condition", problem: { $0.gate($1) }), \.gates,
            "What the run must meet: negotiation.completion >= 99.9%.", absence: "none"),
        ProfileKey(
            "expect", .list("cases", of: "case", problem: { $0.conformanceCase($1) }), \.expect,
            "Conformance cases that are known to fail: ORD-02.", absence: "none"),
        ProfileKey(
            "verdict", .choice(), \.verdict,
            "What decides over pass and fail: gates and what every backend is held to, gates alone, or nothing.",
            isNew: true),
        ProfileKey(
            "foreign", .choice(), \.foreign,
            "Whether others may be in the run's rooms: their share makes a run invalid unless it is expected.",
            isNew: true),
    ]

    private static let machine: [ProfileKey] = [
        ProfileKey("seed", .whole(0...UInt64.max), \.seed, "What every random draw is derived from."),
        ProfileKey(
            "generator.loops",
            .value(
                "auto | 1…1000000", expected: "auto or a whole number",
                extremes: ["auto", "0", "1", "1000000", "1000001"]
            ), \.generator.loops, "Event loops of the generator; auto: one for each core.", isComparable: false),
    ]
}
