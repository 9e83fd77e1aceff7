/// The keys of a profile, but for those of the single backends.
package enum ProfileKeys {
    /// In the order of the interface.
    package static let all: [ProfileKey] = {
        let standards = Profile().settings
        return ProfileKeys.table.map { path, form, summary in
            let standard = standards.first { $0.key == path }?.value
            return ProfileKey(
                path: path, form: form, standard: ProfileKeys.special[path] ?? standard ?? "–", summary: summary)
        }
    }()

    /// Keys directly inside a section; "" is the top.
    static func inside(_ section: String) -> [String] {
        let depth = section.isEmpty ? 0 : section.split(separator: ".").count
        var keys: [String] = []
        for (path, _, _) in ProfileKeys.table where section.isEmpty || path.hasPrefix(section + ".") {
            let key = String(path.split(separator: ".")[depth])
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    /// The full path of a key that was looked for in the wrong section.
    static func path(endingIn key: String, outside section: String) -> String? {
        let lower = key.lowercased()
        return ProfileKeys.table.map(\.0).first { path in
            guard let last = path.split(separator: ".").last, path.contains(".") else { return false }
            return last.lowercased() == lower && !path.hasPrefix(section + ".")
        }
    }

    /// Defaults that depend on something.
    private static let special = [
        "name": "the file's name", "description": "", "calls.gap": "500ms", "calls.callers": "all",
        "signaling.payload.offer": "5400", "signaling.payload.answer": "5100", "signaling.payload.candidate": "110",
        "churn.rejoin": "2s", "gates": "none",
    ]

    private static let table: [(String, String, String)] = [
        ("name", "text", "What the run is called."),
        ("description", "text", "What it is for."),
        ("backend.id", "id", "Which dialect is spoken; see `list backends`."),
        ("backend.launch", "words", "The server's command, run by us; a first word of signalbench is this program."),
        ("backend.url", "URL", "Where the server is; absent: the one we launch."),
        ("backend.readyCheck", "text", "How a launched server shows that it is ready."),
        ("backend.joinGrace", "duration", "How long a join is waited for where the backend confirms none."),
        ("backend.tls.ca", "path", "PEM certificates to trust in place of the system's."),
        ("backend.tls.verify", "full | none", "How much of the server's certificate is checked."),
        ("backend.headers", "name: value", "Extra HTTP headers of the handshake."),
        ("backend.connectTimeout", "duration", "From the start of a dial to the welcome."),
        ("backend.reconnect", "none | backoff", "What an agent does when its connection is lost."),
        ("agents", "1…1000000", "How many agents connect."),
        ("rooms.size", "1…4096", "Members of a room; the number of rooms is agents ÷ size, rounded up."),
        ("rooms.count", "1…agents", "The number of rooms, instead of their size."),
        ("rooms.sizes", "size: share", "Several sizes, each by its share of the rooms: {2: 60%, 4: 40%}."),
        ("rooms.fill", "interleaved | sequential", "All rooms fill at the same time, or one after another."),
        ("arrival.pattern", "constant | poisson | ramp | burst", "The law of the arrival times."),
        ("arrival.rate", "rate", "Agents a second; the last rate of a ramp; nothing for a burst."),
        ("calls.when", "join | present", "Each member calls as it arrives, or once all of its room are there."),
        ("calls.gap", "duration", "With present: from one caller of a room to the next."),
        ("calls.spread", "duration", "With present, instead of gap: each caller at random within it; 0ms: at once."),
        ("calls.callers", "all | 0…4096", "With present: how many members of a room call."),
        ("signaling.strategy", "seed | perfect", "The client as published in 2014, or the repaired one."),
        ("signaling.ice", "trickle | vanilla", "Candidates as messages of their own, or inside the SDP."),
        ("signaling.candidates.offerer", "0…256", "Candidates that the offerer of a pair gathers."),
        ("signaling.candidates.answerer", "0…256", "Candidates that the answerer of a pair gathers."),
        ("signaling.payload", "chromium | sizes", "Bodies as recorded, or brought to exact sizes."),
        ("signaling.payload.offer", "bytes", "Of an offer's sdp string, before JSON escaping."),
        ("signaling.payload.answer", "bytes", "Of an answer's sdp string, before JSON escaping."),
        ("signaling.payload.candidate", "bytes", "Of a candidate string, before JSON escaping."),
        ("signaling.pacing", "recorded | none", "Think and trickle times."),
        ("signaling.maxConnections", "auto | 1…", "Connections of an agent; auto: the room's size less one."),
        ("signaling.timeout", "duration", "How long a pair has to negotiate."),
        ("signaling.ghostTimeout", "none | duration", "A peer unheard of for this long is closed (perfect)."),
        ("chatter.rate", "rate", "Probes for fan-out latency, a second and agent; 0 switches them off."),
        ("chatter.bytes", "0…1048576", "Length of a probe's pad string."),
        ("churn.stay", "duration", "Mean stay of a member that comes and goes; without churn all stay."),
        ("churn.rejoin", "duration", "Mean absence between two stays."),
        ("phases.warmup", "duration", "From the end of the ramp to the steady phase."),
        ("phases.steady", "duration", "The phase that is measured; --duration sets it."),
        ("phases.drain", "duration", "How long the last deliveries are waited for, at most."),
        ("leave", "bye | vanish", "Whether members say goodbye at the end."),
        ("validity.lateness", "share", "Send lateness p99 as a share of fan-out p99 (never below 5 ms)."),
        ("validity.loopLag", "duration", "Event-loop lag p99."),
        ("validity.cpu", "share", "The busiest event loop, of one core."),
        ("gates", "conditions", "What the run must meet: negotiation.completion >= 99.9%."),
        ("seed", "0…", "What every random draw is derived from."),
        ("generator.loops", "auto | 1…", "Event loops of the generator; auto: one for each core."),
    ]
}
