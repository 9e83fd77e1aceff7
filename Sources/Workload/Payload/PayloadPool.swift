import Signaling

/// The bodies that agents send, and the time they take to think.
///
/// Made of a recorded call of Chromium peers: every field that belongs to an agent or a connection is replaced by a
/// generated one of fixed width. Everything is a function of the seed and the arguments, so that bodies need not be
/// kept to be compared, and any agent's can be made at any time in any order.
///
/// A body is the JSON members of a signal behind its envelope, leading comma included, already escaped; the result of
/// each method is its digest (`BodyDigest`).
package struct PayloadPool: Sendable {
    private let seed: UInt64
    /// One for all, or one for each pair of a recording.
    private let bodies: [Bodies]
    private let casting: Casting
    private let isVanilla: Bool
    let pacing: PacingDraws

    /// The longest string of a body.
    static let mostBytes = 1 << 20

    /// What the two ends of a pair say.
    private struct Bodies: Sendable {
        var offer: PayloadTemplate
        var answer: PayloadTemplate
        var offererCandidates: [CandidateTemplate]
        var answererCandidates: [CandidateTemplate]
    }

    /// One trickled candidate.
    private struct CandidateTemplate: Sendable {
        var template: PayloadTemplate
        /// `sdpMid` and `sdpMLineIndex`.
        var mid: [UInt8]
        var line: [UInt8]

        init(_ template: PayloadTemplate, mid: String, line: Int) {
            self.template = template
            (self.mid, self.line) = (Array(mid.utf8), Array("\(line)".utf8))
            var text: [UInt8] = []
            JSONText.appendEscaped(mid.utf8, to: &text)
            self.template.close(
                with: "\",\"sdpMid\":\"\(String(decoding: text, as: UTF8.self))\",\"sdpMLineIndex\":\(line)")
        }
    }

    /// Prepares the templates.
    ///
    /// - Parameters:
    ///   - profile: counts, sizes and ICE mode.
    ///   - seed: the plan's.
    ///   - slots: by agent, its place in its room, which says whose part in a recording it plays.
    package init(profile: Profile, seed: UInt64, slots: [Int32] = []) {
        let signaling = profile.signaling
        self.seed = RandomStream.payload.seed(of: seed)
        self.isVanilla = signaling.ice == .vanilla
        if case .recording(let recording) = signaling.payload {
            self.bodies = recording.mesh.pairs.map(Self.bodies)
            self.casting = Casting(recording.mesh, slots: slots)
        } else {
            self.bodies = [Self.bodies(signaling)]
            self.casting = Casting()
        }
        self.pacing = PacingDraws(signaling: signaling, seed: RandomStream.pacing.seed(of: seed), slots: slots)
    }

    private static func bodies(_ signaling: Profile.Signaling) -> Bodies {
        let offer = DescriptionTemplate(role: .offerer, signaling: signaling).make()
        let answer = DescriptionTemplate(role: .answerer, signaling: signaling).make()
        return Bodies(
            offer: offer.template, answer: answer.template,
            offererCandidates: Self.candidates(
                signaling.candidates.offerer, sections: offer.sections, payload: signaling.payload),
            answererCandidates: Self.candidates(
                signaling.candidates.answerer, sections: answer.sections, payload: signaling.payload))
    }

    private static func bodies(_ pair: RecordedMesh.Pair) -> Bodies {
        func end(_ description: RecordedMesh.Description) -> (PayloadTemplate, [CandidateTemplate]) {
            var text = RecordedText()
            let template = text.description(description.sdp)
            return (
                template,
                description.candidates.map {
                    CandidateTemplate(text.candidate($0.text), mid: $0.mid ?? "0", line: $0.line ?? 0)
                }
            )
        }
        let (offer, offererCandidates) = end(pair.offer)
        let (answer, answererCandidates) = end(pair.answer)
        return Bodies(
            offer: offer, answer: answer, offererCandidates: offererCandidates, answererCandidates: answererCandidates)
    }

    private static func candidates(
        _ count: Int, sections: Int, payload: Profile.Signaling.Payload
    ) -> [CandidateTemplate] {
        var size: Int?
        if case .sized(let sizes) = payload { size = sizes.candidate }
        return (0..<count).map { index in
            let shape = CandidateShape(index: index, sections: sections, udpOnly: size != nil)
            var template = PayloadTemplate(opening: ",\"candidate\":\"")
            shape.append(to: &template, size: size)
            return CandidateTemplate(template, mid: "\(shape.section)", line: shape.section)
        }
    }

    /// How many candidates an agent trickles: 0 with `ice: vanilla`, which puts them into the SDP.
    ///
    /// - Parameters:
    ///   - role: which side of the pair trickles.
    ///   - agent: an end of the pair.
    ///   - peer: the other.
    /// - Returns: the same for all pairs, unless a recording says it.
    package func candidateCount(_ role: Role, agent: Int, peer: Int) -> Int {
        if self.isVanilla { return 0 }
        let bodies = self.bodies[self.casting.pair(agent, peer)]
        return role == .offerer ? bodies.offererCandidates.count : bodies.answererCandidates.count
    }

    /// Appends an offer.
    ///
    /// - Parameters:
    ///   - agent: the sender's index.
    ///   - peer: the addressee's.
    ///   - generation: of the sender's connection with the peer; a new one has a new ufrag, password and session id.
    ///   - version: of the session description; must rise with each description of one generation.
    ///   - body: what to append to.
    /// - Returns: the digest.
    package func offer(agent: Int, peer: Int, generation: Int, version: Int, into body: inout [UInt8]) -> UInt32 {
        let identity = PayloadIdentity(
            seed: self.seed, agent: agent, peer: peer, generation: generation, version: version)
        return self.bodies[self.casting.pair(agent, peer)].offer.fill(identity, into: &body).finalize()
    }

    /// Appends an answer; the parameters are those of an offer.
    package func answer(agent: Int, peer: Int, generation: Int, version: Int, into body: inout [UInt8]) -> UInt32 {
        let identity = PayloadIdentity(
            seed: self.seed, agent: agent, peer: peer, generation: generation, version: version)
        return self.bodies[self.casting.pair(agent, peer)].answer.fill(identity, into: &body).finalize()
    }

    /// Appends a candidate.
    ///
    /// - Parameters:
    ///   - agent: the sender's index.
    ///   - peer: the addressee's.
    ///   - generation: that of the offer or answer it belongs to.
    ///   - role: whether that was an offer or an answer.
    ///   - index: 0 ..< `candidateCount(role, …)`.
    ///   - body: what to append to.
    /// - Returns: the digest.
    package func candidate(
        agent: Int, peer: Int, generation: Int, role: Role, index: Int, into body: inout [UInt8]
    ) -> UInt32 {
        let identity = PayloadIdentity(seed: self.seed, agent: agent, peer: peer, generation: generation, version: 0)
        let pair = self.casting.pair(agent, peer)
        let candidate =
            role == .offerer ? self.bodies[pair].offererCandidates[index] : self.bodies[pair].answererCandidates[index]
        var digest = candidate.template.fill(identity, into: &body)
        digest.separate()
        digest.combine(candidate.mid.span.bytes)
        digest.separate()
        digest.combine(candidate.line.span.bytes)
        return digest.finalize()
    }

    /// Appends the pad of a probe.
    ///
    /// - Parameters:
    ///   - agent: the sender's index.
    ///   - n: the probe's number; every probe has a pad of its own.
    ///   - bytes: length of the pad.
    ///   - body: what to append to.
    /// - Returns: the digest.
    package func pad(agent: Int, n: Int, bytes: Int, into body: inout [UInt8]) -> UInt32 {
        body.append(contentsOf: ",\"pad\":\"".utf8)
        let start = body.count
        body.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: bytes))
        let key = SplitMix64.mix(
            SplitMix64.mix(self.seed, UInt64(truncatingIfNeeded: agent)), ~UInt64(truncatingIfNeeded: n))
        var span = body.mutableSpan
        PayloadIdentity.write(iceChars: key, width: bytes, at: start, in: &span)
        var digest = BodyDigest()
        digest.combine(body.span.bytes.extracting(start..<body.count))
        body.append(UInt8(ascii: "\""))
        return digest.finalize()
    }
}

extension PayloadPool {
    /// Which side of a pair an agent is on.
    package enum Role: Sendable, CaseIterable {
        /// The one who called, responded to, and now offers.
        case offerer
        case answerer
    }
}
