import Signaling

extension ProfileDecoder {
    mutating func signaling(_ top: NodeReader.Section) -> Profile.Signaling {
        let section = self.reader.section(top["signaling"], "signaling", keys: ProfileKeys.inside("signaling"))
        var signaling = Profile.Signaling()
        signaling.strategy = self.reader.choice(section, "strategy", default: signaling.strategy)
        signaling.ice = self.reader.choice(section, "ice", default: signaling.ice)
        signaling.candidates = self.candidates(section)
        signaling.pacing = self.reader.choice(section, "pacing", default: signaling.pacing)
        signaling.maxConnections = self.reader.value(
            section, "maxConnections", default: .auto, expected: "auto or a whole number")
        signaling.timeout = self.positiveDuration(section, "timeout", default: signaling.timeout)
        signaling.ghostTimeout = self.ghostTimeout(section)
        signaling.payload = self.payload(section, signaling)
        return signaling
    }

    private mutating func candidates(_ section: NodeReader.Section) -> Profile.Signaling.Candidates {
        let range = Profile.Signaling.Candidates.range
        var candidates = Profile.Signaling.Candidates()
        guard let node = section["candidates"] else { return candidates }
        if case .scalar = node.content {
            if let both = self.reader.whole(node, "signaling.candidates", in: range) {
                candidates = Profile.Signaling.Candidates(offerer: both, answerer: both)
            }
            return candidates
        }
        let keys = ProfileKeys.inside("signaling.candidates")
        let sides = self.reader.section(node, "signaling.candidates", keys: keys)
        candidates.offerer = self.reader.whole(sides, "offerer", default: candidates.offerer, in: range)
        candidates.answerer = self.reader.whole(sides, "answerer", default: candidates.answerer, in: range)
        return candidates
    }

    private mutating func ghostTimeout(_ section: NodeReader.Section) -> Profile.Duration? {
        guard let node = section["ghostTimeout"] else { return nil }
        if case .scalar("none") = node.content { return nil }
        return self.positiveDuration(section, "ghostTimeout", default: .seconds(30))
    }

    private mutating func payload(
        _ section: NodeReader.Section, _ signaling: Profile.Signaling
    ) -> Profile.Signaling.Payload {
        guard let node = section["payload"] else { return .chromium }
        switch node.content {
        case .scalar("chromium"): return .chromium
        case .scalar(let word):
            self.reader.report(
                "signaling.payload: '\(word)' is neither chromium nor sizes such as {offer: 5400}", at: node.place,
                suggestion: Spelling.nearest(to: word, among: ["chromium"]))
            return .chromium
        case .empty, .sequence, .mapping: break
        }
        let path = "signaling.payload"
        let given = self.reader.section(node, path, keys: ProfileKeys.inside(path))
        var sizes = Profile.Signaling.Payload.Sizes()
        let most = Self.mostBytes
        sizes.candidate = self.reader.whole(
            given, "candidate", default: sizes.candidate, in: PayloadPool.smallestCandidate...most)
        // The smallest SDP depends on the candidates it must hold, and they on the size just read.
        var shape = signaling
        shape.payload = .sized(sizes)
        let smallestOffer = min(PayloadPool.smallestDescription(.offerer, shape), most)
        let smallestAnswer = min(PayloadPool.smallestDescription(.answerer, shape), most)
        sizes.offer = self.reader.whole(
            given, "offer", default: max(sizes.offer, smallestOffer), in: smallestOffer...most)
        sizes.answer = self.reader.whole(
            given, "answer", default: max(sizes.answer, smallestAnswer), in: smallestAnswer...most)
        return .sized(sizes)
    }
}
