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
    private let offerTemplate: PayloadTemplate
    private let answerTemplate: PayloadTemplate
    private let offererCandidates: [CandidateTemplate]
    private let answererCandidates: [CandidateTemplate]
    private let isVanilla: Bool
    let pacing: PacingDraws

    /// The longest string of a body.
    static let mostBytes = 1 << 20

    /// One trickled candidate.
    private struct CandidateTemplate: Sendable {
        var template: PayloadTemplate
        var section: [UInt8]
    }

    /// Prepares the templates.
    ///
    /// - Parameters:
    ///   - profile: counts, sizes and ICE mode.
    ///   - seed: the plan's.
    package init(profile: Profile, seed: UInt64) {
        let signaling = profile.signaling
        self.seed = RandomStream.payload.seed(of: seed)
        self.isVanilla = signaling.ice == .vanilla
        let offer = DescriptionTemplate(role: .offerer, signaling: signaling).make()
        let answer = DescriptionTemplate(role: .answerer, signaling: signaling).make()
        self.offerTemplate = offer.template
        self.answerTemplate = answer.template
        self.offererCandidates = Self.candidates(
            signaling.candidates.offerer, sections: offer.sections, payload: signaling.payload)
        self.answererCandidates = Self.candidates(
            signaling.candidates.answerer, sections: answer.sections, payload: signaling.payload)
        self.pacing = PacingDraws(signaling: signaling, seed: RandomStream.pacing.seed(of: seed))
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
            let section = "\(shape.section)"
            template.close(with: "\",\"sdpMid\":\"\(section)\",\"sdpMLineIndex\":\(section)")
            return CandidateTemplate(template: template, section: Array(section.utf8))
        }
    }

    /// How many candidates an agent trickles: 0 with `ice: vanilla`, which puts them into the SDP.
    package func candidateCount(_ role: Role) -> Int {
        if self.isVanilla { return 0 }
        return role == .offerer ? self.offererCandidates.count : self.answererCandidates.count
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
        return self.offerTemplate.fill(identity, into: &body).finalize()
    }

    /// Appends an answer; the parameters are those of an offer.
    package func answer(agent: Int, peer: Int, generation: Int, version: Int, into body: inout [UInt8]) -> UInt32 {
        let identity = PayloadIdentity(
            seed: self.seed, agent: agent, peer: peer, generation: generation, version: version)
        return self.answerTemplate.fill(identity, into: &body).finalize()
    }

    /// Appends a candidate.
    ///
    /// - Parameters:
    ///   - agent: the sender's index.
    ///   - peer: the addressee's.
    ///   - generation: that of the offer or answer it belongs to.
    ///   - role: whether that was an offer or an answer.
    ///   - index: 0 ..< `candidateCount(role)`.
    ///   - body: what to append to.
    /// - Returns: the digest.
    package func candidate(
        agent: Int, peer: Int, generation: Int, role: Role, index: Int, into body: inout [UInt8]
    ) -> UInt32 {
        let identity = PayloadIdentity(seed: self.seed, agent: agent, peer: peer, generation: generation, version: 0)
        let candidate = role == .offerer ? self.offererCandidates[index] : self.answererCandidates[index]
        var digest = candidate.template.fill(identity, into: &body)
        digest.separate()
        digest.combine(candidate.section.span.bytes)
        digest.separate()
        digest.combine(candidate.section.span.bytes)
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
