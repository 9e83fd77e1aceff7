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
            "signaling.candidates.offerer", .whole(Profile.Signaling.Candidates.range),
            "Candidates that the offerer of a pair gathers.", absence: "8",
            get: { Self.countsAreRecorded($0) ? nil : $0.signaling.candidates.offerer },
            set: { _, _, count, profile in profile.signaling.candidates.offerer = count }),
        ProfileKey(
            "signaling.candidates.answerer", .whole(Profile.Signaling.Candidates.range),
            "Candidates that the answerer of a pair gathers.", absence: "3",
            get: { Self.countsAreRecorded($0) ? nil : $0.signaling.candidates.answerer },
            set: { _, _, count, profile in profile.signaling.candidates.answerer = count }),
        ProfileKey(
            "signaling.payload", .payload, "Bodies as recorded, in a file if one is named, or brought to exact sizes.",
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
        ProfileKey("signaling.pacing", .pacing, \.signaling.pacing, "Think and trickle times."),
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

    /// A recording of calls says how many candidates each end of each pair has.
    private static let countsAreRecorded: @Sendable (Profile) -> Bool = { profile in
        if case .recording = profile.signaling.payload { true } else { false }
    }

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
            "chromium | sizes | FILE.json",
            extremes: ["chromium", "{}", "nonsense", "no.json", "{candidate: 1048576}"],
            parse: { reader, node, path in
                switch node.content {
                case .scalar("chromium"): return .chromium
                case .scalar(let file) where Profile.Signaling.Recording.isFile(file):
                    return reader.recording(file, node, path).map { .recording($0) }
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
                case .recording(let recording): .text(recording.text)
                case .sized: nil
                }
            })
    }
}

extension KeyForm where Value == Profile.Signaling.Pacing {
    /// Words, or a file.
    static var pacing: KeyForm {
        KeyForm(
            "recorded | none | FILE.json", extremes: ["recorded", "none", "nonsense", "no.json"],
            parse: { reader, node, path in
                guard let word = reader.text(node, path, expected: "one of recorded, none, or a file") else {
                    return nil
                }
                switch word {
                case "recorded": return .recorded
                case "none": return Profile.Signaling.Pacing.none
                case _ where Profile.Signaling.Recording.isFile(word):
                    return reader.recording(word, node, path).map { .recording($0) }
                default:
                    reader.report(
                        "\(path): '\(word)' is neither recorded nor none, nor a file such as call.json", at: node.place,
                        suggestion: Spelling.nearest(to: word, among: ["recorded", "none"]))
                    return nil
                }
            },
            write: { pacing in
                switch pacing {
                case .recorded: .text("recorded")
                case .none: .text("none")
                case .recording(let recording): .text(recording.text)
                }
            })
    }
}

extension Profile.Signaling.Recording {
    /// The path, and a mark of what the file held: a profile that has it plays no other file.
    var text: String { "\(self.path)#\(self.digest)" }

    /// Whether a word names a file.
    static func isFile(_ word: String) -> Bool { word.prefix { $0 != "#" }.hasSuffix(".json") }

    /// Reads a recording.
    ///
    /// - Parameters:
    ///   - text: its path, with or without a mark.
    ///   - read: gives the bytes at a path.
    /// - Throws: what is wrong with it.
    init(text: String, read: (String) -> [UInt8]?) throws(ProfileTextError) {
        let parts = text.split(separator: "#", maxSplits: 1).map(String.init)
        let path = parts.first ?? ""
        guard let bytes = read(path) else { throw ProfileTextError("cannot be read") }
        var hash = FNV128()
        for byte in bytes { hash.combine(byte: byte) }
        let digest = String(hash.hexadecimal.prefix(16))
        if parts.count > 1, parts[1] != digest {
            throw ProfileTextError("is not the file that was meant: it has the mark #\(digest)")
        }
        let mesh = RecordedMesh(try RecordedCall(bytes: bytes))
        guard !mesh.pairs.isEmpty else { throw ProfileTextError("has no pair that came to an answer") }
        self.init(path: path, digest: digest, mesh: mesh)
    }
}

extension KeyReader {
    /// The recording that a word names; nil after a report.
    mutating func recording(
        _ text: String, _ node: ProfileNode, _ path: String
    ) -> Profile.Signaling.Recording? {
        do throws(ProfileTextError) {
            return try Profile.Signaling.Recording(text: text, read: self.checks.recording)
        } catch {
            self.report("\(path): '\(text)' \(error.message)", at: node.place, suggestion: error.suggestion)
            return nil
        }
    }
}
