/// Makes templates of what one end of a recorded pair said: every identity becomes a hole of the same width.
///
/// Addresses stay: those of a recording are documentation's.
struct RecordedText {
    private var template = PayloadTemplate(opening: "")
    /// Words met so far, by their style.
    private var words: [PayloadField.Style: [String: Int]] = [:]

    /// The template of a description.
    mutating func description(_ sdp: String) -> PayloadTemplate {
        self.template = PayloadTemplate(opening: ",\"sdp\":\"")
        let end = sdp.contains("\r\n") ? "\r\n" : "\n"
        let lines = sdp.split(separator: end, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            self.append(line: line)
            if index + 1 < lines.count { self.template.append(end) }
        }
        self.template.close(with: "\"")
        return self.template
    }

    /// The template of a candidate, without the members behind it.
    mutating func candidate(_ text: String) -> PayloadTemplate {
        self.template = PayloadTemplate(opening: ",\"candidate\":\"")
        self.append(candidate: Substring(text))
        return self.template
    }

    private mutating func append(line: Substring) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        if line.hasPrefix("o=") {
            self.append(words) { $0 == 1 ? .digits : nil }
        } else if line.hasPrefix("m=") {
            self.append(words) { $0 == 1 ? .port : nil }
        } else if line.hasPrefix("a=candidate:") {
            self.template.append("a=")
            self.append(candidate: line.dropFirst(2))
        } else if line.hasPrefix("a="), let colon = line.firstIndex(of: ":") {
            let name = line[line.index(line.startIndex, offsetBy: 2)..<colon]
            self.template.append(line[...colon])
            let value = line[line.index(after: colon)...]
            let words = value.split(separator: " ", omittingEmptySubsequences: false)
            switch name {
            case "ice-ufrag", "ice-pwd", "cname", "tls-id": self.append(words) { _ in .iceChars }
            case "fingerprint": self.append(words) { $0 == 1 ? .fingerprint : nil }
            case "msid": self.append(words) { _ in .hexadecimal }
            case "msid-semantic":
                self.append(words) { ["", "WMS", "*"].contains(words[$0]) ? nil : .hexadecimal }
            case "ssrc": self.append(source: words)
            case "ssrc-group": self.append(words) { $0 == 0 ? nil : .digits }
            case "rtcp": self.append(words) { $0 == 0 ? .port : nil }
            default: self.template.append(value)
            }
        } else {
            self.template.append(line)
        }
    }

    /// `1234 cname:x`, `1234 msid:stream track`.
    private mutating func append(source words: [Substring]) {
        guard words.count > 1, let colon = words[1].firstIndex(of: ":") else {
            return self.append(words) { $0 == 0 ? .digits : nil }
        }
        self.append(words.prefix(1)) { _ in .digits }
        self.template.append(" " + words[1][...colon])
        let rest = [words[1][words[1].index(after: colon)...]] + words.dropFirst(2)
        let style: PayloadField.Style = words[1].hasPrefix("cname:") ? .iceChars : .hexadecimal
        self.append(rest) { _ in style }
    }

    /// A candidate attribute (RFC 8839 §5.1), without `a=`.
    private mutating func append(candidate text: Substring) {
        guard let colon = text.firstIndex(of: ":") else { return self.template.append(text) }
        self.template.append(text[...colon])
        let words = text[text.index(after: colon)...].split(separator: " ", omittingEmptySubsequences: false)
        self.append(words) { place in
            switch place {
            case 0: return words[0].allSatisfy { ("0"..."9").contains($0) } ? .digits : .iceChars
            case 4: return words[4].hasSuffix(".local") ? .uuid : nil
            case 5: return .port
            case 6...: break
            default: return nil
            }
            guard place % 2 == 1 else { return nil }
            switch words[place - 1] {
            case "rport": return .port
            case "ufrag", "pwd": return .iceChars
            default: return nil
            }
        }
    }

    /// Words with a space between them, those that have a style as holes.
    private mutating func append(_ words: some Collection<Substring>, style: (Int) -> PayloadField.Style?) {
        for (place, word) in words.enumerated() {
            if place > 0 { self.template.append(" ") }
            guard let style = style(place) else {
                self.template.append(word)
                continue
            }
            // The name of a host is a UUID and a suffix (draft-ietf-mmusic-mdns-ice-candidates).
            let name = style == .uuid ? word.dropLast(".local".count) : word
            self.append(name, style)
            if style == .uuid { self.template.append(".local") }
        }
    }

    private mutating func append(_ word: Substring, _ style: PayloadField.Style) {
        var style = style
        switch style {
        case .port where ["0", "9"].contains(word), .digits where word == "0": return self.template.append(word)
        case .hexadecimal, .uuid:
            if word.count < 2 { return self.template.append(word) }
            style =
                word.wholeMatch(of: #/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/#) == nil
                ? .hexadecimal : .uuid
        case .iceChars, .digits, .port, .fingerprint: break
        }
        guard !word.isEmpty else { return }
        let index = self.words[style]?[String(word)] ?? self.words[style]?.count ?? 0
        self.words[style, default: [:]][String(word)] = index
        self.template.append(.word(style, index, width: word.utf8.count))
    }
}
