/// Rewrites a recorded SDP line by line into a template.
struct DescriptionWriter {
    private(set) var template = PayloadTemplate(opening: ",\"sdp\":\"")
    private let candidates: [CandidateShape]
    private let size: Int?
    /// The m-line being written; -1 before the first.
    private var section = -1
    /// Sources in the order of their first mention.
    private var sources: [Substring] = []

    /// - Parameters:
    ///   - candidates: those that stand in the SDP.
    ///   - size: the exact size of each; nil as recorded.
    init(candidates: [CandidateShape], size: Int?) {
        self.candidates = candidates
        self.size = size
    }

    /// Appends one line, given without its line end.
    mutating func append(_ line: Substring) {
        if line.hasPrefix("m=") {
            self.endSection()
            self.section += 1
        }
        if !self.appendIdentity(line), !self.appendSource(line), !self.appendTransport(line) {
            self.template.append(line)
        }
        self.template.append("\r\n")
    }

    /// Appends the candidates of the m-line that ends here.
    mutating func endSection() {
        let own = self.candidates.filter { $0.section == self.section }
        for shape in own {
            self.template.append("a=")
            shape.append(to: &self.template, size: self.size)
            self.template.append("\r\n")
        }
        if !own.isEmpty { self.template.append("a=end-of-candidates\r\n") }
    }

    /// Lines that identify the session, the ICE agent and the certificate.
    private mutating func appendIdentity(_ line: Substring) -> Bool {
        switch line.prefix(while: { $0 != ":" && $0 != "=" }) {
        case "o":
            let parts = line.split(separator: " ")
            self.template.append("o=- ")
            self.template.append(.sessionID)
            self.template.append(" ")
            self.template.append(.version)
            self.template.append(" " + parts.dropFirst(3).joined(separator: " "))
            return true
        default: break
        }
        for (name, field) in [("a=ice-ufrag:", PayloadField.ufrag), ("a=ice-pwd:", .password)]
        where line.hasPrefix(name) {
            self.template.append(name)
            self.template.append(field)
            return true
        }
        guard line.hasPrefix("a=fingerprint:") else { return false }
        self.template.append("a=fingerprint:sha-256 ")
        self.template.append(.fingerprint)
        return true
    }

    /// Lines that name media streams, tracks and sources.
    private mutating func appendSource(_ line: Substring) -> Bool {
        if line.hasPrefix("a=msid-semantic:") {
            self.template.append("a=msid-semantic: WMS ")
            self.template.append(.stream)
        } else if line.hasPrefix("a=msid:") {
            self.template.append("a=msid:")
            self.appendStreamAndTrack()
        } else if line.hasPrefix("a=ssrc-group:") {
            let parts = line.split(separator: " ")
            self.template.append(parts.first ?? "a=ssrc-group:FID")
            for source in parts.dropFirst() {
                self.template.append(" ")
                self.template.append(self.source(source))
            }
        } else if line.hasPrefix("a=ssrc:") {
            let source = line.dropFirst("a=ssrc:".count).prefix { $0 != " " }
            self.template.append("a=ssrc:")
            self.template.append(self.source(source))
            if line.contains(" cname:") {
                self.template.append(" cname:")
                self.template.append(.cname)
            } else {
                self.template.append(" msid:")
                self.appendStreamAndTrack()
            }
        } else {
            return false
        }
        return true
    }

    private mutating func appendStreamAndTrack() {
        self.template.append(.stream)
        self.template.append(" ")
        self.template.append(.track(self.section))
    }

    private mutating func source(_ number: Substring) -> PayloadField {
        if let index = self.sources.firstIndex(of: number) { return .ssrc(index) }
        self.sources.append(number)
        return .ssrc(self.sources.count - 1)
    }

    /// With candidates in the SDP, the m- and c-lines name the default one (RFC 8839 §4.2.1.2), else port 9.
    private mutating func appendTransport(_ line: Substring) -> Bool {
        guard let candidate = self.candidates.first(where: { $0.section == self.section && $0.isDefault }) else {
            return false
        }
        if line.hasPrefix("m=") {
            let parts = line.split(separator: " ")
            self.template.append((parts.first ?? "m=audio") + " ")
            self.template.append(.port(candidate.index))
            self.template.append(" " + parts.dropFirst(2).joined(separator: " "))
        } else if line == "c=IN IP4 0.0.0.0" {
            self.template.append("c=IN IP4 \(candidate.address)")
        } else if line.hasPrefix("a=rtcp:9 ") {
            self.template.append("a=rtcp:")
            self.template.append(.port(candidate.index))
            self.template.append(" IN IP4 \(candidate.address)")
        } else {
            return false
        }
        return true
    }
}
