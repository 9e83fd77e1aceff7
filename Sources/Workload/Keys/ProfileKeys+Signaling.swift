import Signaling

extension ProfileKeys {
    static let signaling: [ProfileKey] = [
        ProfileKey(
            "signaling.strategy", .choice(aliases: ["published": .seed]), \.signaling.strategy,
            "The client as published in 2014 (seed or published), or the repaired one."),
        ProfileKey(
            "signaling.ice", .choice(), \.signaling.ice,
            "Candidates as messages of their own, or inside the SDP."),
        ProfileKey(section: "signaling.candidates") { reader, entry, profile in
            guard case .scalar = entry.value.content,
                let both = KeyForm.whole(Profile.Signaling.Candidates.range).parse(
                    &reader, entry.value, Self.candidates)
            else { return }
            profile.signaling.candidates = Profile.Signaling.Candidates(offerer: both, answerer: both)
        },
        ProfileKey(
            "signaling.candidates.offerer", .whole(Profile.Signaling.Candidates.range), \.signaling.candidates.offerer,
            "Candidates that the offerer of a pair gathers."),
        ProfileKey(
            "signaling.candidates.answerer", .whole(Profile.Signaling.Candidates.range),
            \.signaling.candidates.answerer, "Candidates that the answerer of a pair gathers."),
        ProfileKey(
            "signaling.payload", .payload, "Bodies as recorded, or brought to exact sizes.",
            get: { $0.signaling.payload },
            set: { _, _, payload, profile in profile.signaling.payload = payload }),
        Self.size(
            "offer", \.offer, from: PayloadPool.smallestDescription(.offerer, Profile.Signaling()),
            "Of an offer's sdp string, before JSON escaping."),
        Self.size(
            "answer", \.answer, from: PayloadPool.smallestDescription(.answerer, Profile.Signaling()),
            "Of an answer's sdp string, before JSON escaping."),
        Self.size(
            "candidate", \.candidate, from: PayloadPool.smallestCandidate,
            "Of a candidate string, before JSON escaping."),
        ProfileKey("signaling.pacing", .choice(), \.signaling.pacing, "Think and trickle times."),
        ProfileKey(
            "signaling.maxConnections",
            .value(
                "auto | 1…1000000", expected: "auto or a whole number",
                extremes: ["auto", "0", "1", "1000000", "1000001"]
            ), \.signaling.maxConnections, "Connections of an agent; auto: the room's size less one."),
        ProfileKey(
            "signaling.timeout", .duration(isPositive: true), \.signaling.timeout,
            "How long a pair has to negotiate."),
        ProfileKey(
            "signaling.ghostTimeout", KeyForm<Profile.Duration>.duration(isPositive: true).or("none"),
            \.signaling.ghostTimeout,
            "A peer unheard of for this long is closed (perfect)."),
    ]

    private static let candidates = "signaling.candidates"

    /// One of the exact sizes of bodies.
    private static func size(
        _ name: String, _ place: any WritableKeyPath<Profile.Signaling.Payload.Sizes, Int> & Sendable,
        from smallest: Int, _ meaning: String
    ) -> ProfileKey {
        ProfileKey(
            "signaling.payload.\(name)", .whole(smallest...PayloadPool.mostBytes), meaning,
            absence: "\(Profile.Signaling.Payload.Sizes()[keyPath: place])",
            get: { if case .sized(let sizes) = $0.signaling.payload { sizes[keyPath: place] } else { nil } },
            set: { _, _, bytes, profile in
                guard case .sized(var sizes) = profile.signaling.payload else { return }
                sizes[keyPath: place] = bytes
                profile.signaling.payload = .sized(sizes)
            })
    }
}

extension KeyForm where Value == Profile.Signaling.Payload {
    /// The word for the recorded bodies; the sizes have keys of their own.
    static var payload: KeyForm {
        KeyForm(
            "chromium | sizes", extremes: ["chromium", "{}", "nonsense", "{candidate: 1048576}"],
            parse: { reader, node, path in
                switch node.content {
                case .scalar("chromium"): return .chromium
                case .scalar(let word):
                    reader.report(
                        "\(path): '\(word)' is neither chromium nor sizes such as {offer: 5400}", at: node.place,
                        suggestion: Spelling.nearest(to: word, among: ["chromium"]))
                    return nil
                case .empty, .mapping: return .sized(Profile.Signaling.Payload.Sizes())
                case .sequence: return nil
                }
            },
            write: { payload in
                switch payload {
                case .chromium: .text("chromium")
                case .sized: nil
                }
            })
    }
}
