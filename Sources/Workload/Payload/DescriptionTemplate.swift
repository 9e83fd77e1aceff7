import Signaling

/// Makes templates of offers and answers out of the recorded ones.
struct DescriptionTemplate {
    let role: PayloadPool.Role
    /// Candidates that go into the SDP: those of `ice: vanilla`.
    let candidates: Int
    /// The exact sizes asked for.
    let sizes: Profile.Signaling.Payload.Sizes?

    init(role: PayloadPool.Role, signaling: Profile.Signaling) {
        self.role = role
        switch (signaling.ice, role) {
        case (.trickle, _): self.candidates = 0
        case (.vanilla, .offerer): self.candidates = signaling.candidates.offerer
        case (.vanilla, .answerer): self.candidates = signaling.candidates.answerer
        }
        switch signaling.payload {
        case .chromium, .recording: self.sizes = nil
        case .sized(let sizes): self.sizes = sizes
        }
    }

    /// A template and how many of its m-lines have candidates.
    struct Result {
        var template: PayloadTemplate
        var sections: Int
    }

    /// The shortest `a=x-pad:` line.
    private static let shortestPadding = "a=x-pad:x\r\n".utf8.count

    /// The recorded description, or at small sizes a description of one audio track, padded to size.
    func make() -> Result {
        let recorded = self.text(self.recordedLines, sections: self.role == .offerer ? 2 : 1)
        guard let sizes = self.sizes else { return self.closed(recorded) }
        let size = self.role == .offerer ? sizes.offer : sizes.answer
        if let padded = self.pad(recorded, to: size) { return self.closed(padded) }
        let compact = self.text(self.compactLines, sections: 1)
        return self.closed(self.pad(compact, to: size) ?? compact)
    }

    /// The smallest size that `make()` reaches exactly and every greater one too.
    var smallest: Int { self.text(self.compactLines, sections: 1).template.raw.count + Self.shortestPadding }

    private func closed(_ open: Result) -> Result {
        var result = open
        result.template.close(with: "\"")
        return result
    }

    private func pad(_ text: Result, to size: Int) -> Result? {
        let missing = size - text.template.raw.count
        if missing == 0 { return text }
        guard missing >= Self.shortestPadding else { return nil }
        var result = text
        result.template.append("a=x-pad:" + String(repeating: "x", count: missing - 10) + "\r\n")
        return result
    }

    private var recordedLines: [Substring] {
        switch self.role {
        case .offerer: RecordedCall.chromium.sdpLines("offer", from: "A", to: "B")
        case .answerer: RecordedCall.chromium.sdpLines("answer", from: "B", to: "A")
        }
    }

    /// What is left of the recorded lines when only Opus is negotiated.
    private var compactLines: [Substring] {
        let kept = [
            "v=", "o=", "s=", "t=", "c=", "a=ice-", "a=fingerprint:", "a=setup:", "a=mid:", "a=sendrecv",
            "a=rtcp-mux", "a=rtpmap:111 ",
        ]
        var lines: [Substring] = []
        for line in self.recordedLines {
            if line.hasPrefix("m=video") { break }
            if line.hasPrefix("a=group:") {
                lines.append("a=group:BUNDLE 0")
            } else if line.hasPrefix("m=audio") {
                lines.append("m=audio 9 UDP/TLS/RTP/SAVPF 111")
            } else if kept.contains(where: { line.hasPrefix($0) }) {
                lines.append(line)
            }
        }
        return lines
    }

    /// Rewrites the lines, CRLF behind each, with a hole for every field of an agent.
    private func text(_ lines: [Substring], sections: Int) -> Result {
        var writer = DescriptionWriter(candidates: self.shapes(sections: sections), size: self.sizes?.candidate)
        for line in lines { writer.append(line) }
        writer.endSection()
        return Result(template: writer.template, sections: sections)
    }

    private func shapes(sections: Int) -> [CandidateShape] {
        (0..<self.candidates).map { CandidateShape(index: $0, sections: sections, udpOnly: self.sizes != nil) }
    }
}
