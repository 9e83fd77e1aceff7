import Signaling

/// What the keys of a profile are held to together.
enum ProfileRules {
    /// Reports what no run could carry out, and fills in defaults that depend on other keys.
    static func check(_ profile: inout Profile, _ reader: inout KeyReader) {
        self.checkPayload(&profile.signaling, &reader)
        self.checkSessions(of: profile, &reader)
        self.checkLength(of: profile, &reader)
        self.checkSize(of: profile, &reader)
    }

    /// The smallest SDP depends on the candidates that it must hold.
    private static func checkPayload(_ signaling: inout Profile.Signaling, _ reader: inout KeyReader) {
        if case .recording = signaling.payload {
            let reason = "contradicts signaling.payload, whose file has the candidates"
            if let entry = reader.entry("signaling.candidates") {
                reader.report("signaling.candidates \(reason)", at: entry.keyPlace)
            }
            if let entry = reader.entry("signaling.ice"), signaling.ice == .vanilla {
                reader.report("signaling.ice: vanilla \(reason)", at: entry.value.place)
            }
        }
        guard case .sized(var sizes) = signaling.payload else { return }
        let most = PayloadPool.mostBytes
        let inside =
            switch signaling.ice {
            case .trickle: 0
            case .vanilla: max(signaling.candidates.offerer, signaling.candidates.answerer)
            }
        guard inside * sizes.candidate < most else {
            let paths = ["signaling.payload.candidate", "signaling.candidates", "signaling.ice"]
            reader.report(
                "signaling.payload: an SDP of at most \(most) bytes does not hold \(inside) candidates of"
                    + " \(sizes.candidate) bytes", at: reader.place(of: paths))
            return
        }
        let parts: [(PayloadPool.Role, String, WritableKeyPath<Profile.Signaling.Payload.Sizes, Int>)] = [
            (.offerer, "signaling.payload.offer", \.offer), (.answerer, "signaling.payload.answer", \.answer),
        ]
        for (role, path, part) in parts {
            let smallest = min(PayloadPool.smallestDescription(role, signaling), most)
            guard sizes[keyPath: part] < smallest else { continue }
            if let entry = reader.entry(path) {
                let size = sizes[keyPath: part]
                reader.report("\(path): '\(size)' is not between \(smallest) and \(most)", at: entry.value.place)
            }
            sizes[keyPath: part] = smallest
        }
        signaling.payload = .sized(sizes)
    }

    /// The tag of a message can number only so many sessions of an agent.
    private static func checkSessions(of profile: Profile, _ reader: inout KeyReader) {
        guard let churn = profile.churn, let place = reader.entry("churn")?.value.place else { return }
        let length = profile.phases.warmup.seconds + profile.phases.steady.seconds
        let sessions = length / max(1e-9, churn.stay.seconds + churn.rejoin.seconds)
        guard sessions > 1000 else { return }
        let count = Decimal.plain(sessions.rounded())
        reader.report("churn: an agent would have about \(count) sessions, and may have 1000", at: place)
    }

    private static func checkLength(of profile: Profile, _ reader: inout KeyReader) {
        let bounds = PlanBounds(profile)
        guard bounds.seconds > PlanBounds.longest.seconds else { return }
        // The part that takes longest is to blame, by the key that was written last.
        let parts = bounds.parts.sorted { $0.seconds > $1.seconds }
        let written = parts.map { part in
            part.paths.compactMap { path in reader.entry(path).map { (path: path, place: $0.value.place) } }
        }.first { !$0.isEmpty }
        let cause = written?.first { $0.place.isFlag } ?? written?.first
        let (path, place) = cause ?? (path: "a profile", place: reader.root.place)
        reader.report(
            "\(path): the plan would take about \(PlanBounds.text(seconds: bounds.seconds)), and may take"
                + " \(PlanBounds.longest.text) from the first arrival to the end of the drain", at: place)
    }

    private static func checkSize(of profile: Profile, _ reader: inout KeyReader) {
        let bounds = PlanBounds(profile)
        guard bounds.records > PlanBounds.mostRecords else { return }
        let paths = ["rooms.size", "rooms.count", "rooms.sizes", "agents", "churn.stay"]
        reader.report(
            "agents: the plan would have about \(Decimal.plain(bounds.records.rounded())) sessions and pairs,"
                + " and may have \(Decimal.plain(PlanBounds.mostRecords))", at: reader.place(of: paths))
    }
}
