import Signaling

/// Takes out of signals what names a machine, a person or a call, and keeps their sizes and their structure.
///
/// A secret becomes another one of the same length and alphabet, the same at each of its places, so that an offer and its
/// candidates still belong together; an address becomes one of the documentation ranges (RFC 5737, RFC 3849), which may
/// be a few bytes shorter or longer. What it gives depends on the seed, which no recording holds.
struct IdentityRemoval {
    private let seed: UInt64
    private var addresses: [String: String] = [:]

    init(seed: UInt64) { self.seed = seed }

    // MARK: Descriptions

    /// An SDP (RFC 8866) without identities: lines that only people read are dropped.
    mutating func description(_ sdp: String) -> String {
        sdp.split(separator: "\r\n", omittingEmptySubsequences: false)
            .flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
            .compactMap { self.line(String($0)) }
            .joined(separator: "\r\n")
    }

    private mutating func line(_ line: String) -> String? {
        let value = String(line.dropFirst(2))
        switch line.prefix(2) {
        case "o=":
            var words = self.words(value)
            guard words.count == 6 else { return "o=- 0 2 IN IP4 198.51.100.1" }
            words[0] = "-"
            words[1] = self.other(words[1])
            words[5] = self.address(words[5])
            return "o=" + words.joined(separator: " ")
        case "s=": return "s=-"
        case "i=", "u=", "e=", "p=", "k=": return nil
        case "c=":
            var words = self.words(value)
            if words.count == 3 { words[2] = self.address(words[2]) }
            return "c=" + words.joined(separator: " ")
        case "m=":
            var words = self.words(value)
            // 0 and 9 are no ports (RFC 8839 §4.1.1, RFC 8838).
            if words.count > 1 { words[1] = self.port(words[1]) }
            return "m=" + words.joined(separator: " ")
        case "a=": return self.attribute(value).map { "a=" + $0 }
        default: return line
        }
    }

    private mutating func attribute(_ text: String) -> String? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return text }
        let value = parts[1]
        var words = self.words(value)
        switch parts[0] {
        case "identity", "tool", "label", "i": return nil
        case "candidate": return self.candidate(text)
        case "ice-ufrag", "ice-pwd": return "\(parts[0]):" + self.other(value)
        case "fingerprint":
            if words.count == 2 { words[1] = self.other(words[1]) }
        case "tls-id", "cname", "msid":
            words = words.map { self.other($0) }
        case "msid-semantic":
            words = words.map { ["WMS", "*", ""].contains($0) ? $0 : self.other($0) }
        case "ssrc":
            // `1234 cname:x`, `1234 msid:stream track`.
            words = words.enumerated().map { place, word in
                guard place == 1, let colon = word.firstIndex(of: ":") else { return self.other(word) }
                return String(word[...colon]) + self.other(String(word[word.index(after: colon)...]))
            }
        case "ssrc-group": words = words.enumerated().map { $0 == 0 ? $1 : self.other($1) }
        case "rtcp":
            if words.count == 4 { (words[0], words[3]) = (self.port(words[0]), self.address(words[3])) }
        default: return text
        }
        return "\(parts[0]):" + words.joined(separator: " ")
    }

    // MARK: Candidates

    /// A candidate attribute (RFC 8839 §5.1), with or without `a=`, without identities.
    mutating func candidate(_ text: String) -> String {
        guard let colon = text.firstIndex(of: ":") else { return text }
        var words = self.words(String(text[text.index(after: colon)...]))
        guard words.count >= 8 else { return text.isEmpty ? text : String(text[...colon]) }
        (words[0], words[4], words[5]) = (self.other(words[0]), self.address(words[4]), self.port(words[5]))
        var place = 6
        while place + 1 < words.count {
            switch words[place] {
            case "raddr": words[place + 1] = self.address(words[place + 1])
            case "rport": words[place + 1] = self.port(words[place + 1])
            case "ufrag", "pwd": words[place + 1] = self.other(words[place + 1])
            default: break
            }
            place += 2
        }
        return String(text[...colon]) + words.joined(separator: " ")
    }

    // MARK: Values

    /// Another text of the same length, with a digit where there was one and a letter of its case where there was one.
    ///
    /// Letters that may be hexadecimal digits stay such, so that fingerprints and UUIDs remain what they are.
    func other(_ text: String) -> String {
        var random = SplitMix64(seed: SplitMix64.mix(self.seed, FNV1a.hash(text.utf8)))
        var isFirst = true
        let bytes = text.utf8.map { byte -> UInt8 in
            defer { isFirst = false }
            let alphabet: ClosedRange<UInt8>
            switch byte {
            case UInt8(ascii: "0"): return isFirst ? byte : UInt8(ascii: "0") + UInt8(random.uniform(below: 10))
            case UInt8(ascii: "1")...UInt8(ascii: "9"):
                // The first digit of a number keeps it a number below the same bound.
                alphabet = isFirst ? UInt8(ascii: "1")...byte : UInt8(ascii: "0")...UInt8(ascii: "9")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): alphabet = UInt8(ascii: "a")...UInt8(ascii: "f")
            case UInt8(ascii: "g")...UInt8(ascii: "z"): alphabet = UInt8(ascii: "g")...UInt8(ascii: "z")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): alphabet = UInt8(ascii: "A")...UInt8(ascii: "F")
            case UInt8(ascii: "G")...UInt8(ascii: "Z"): alphabet = UInt8(ascii: "G")...UInt8(ascii: "Z")
            default: return byte
            }
            return alphabet.lowerBound + UInt8(random.uniform(below: alphabet.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A port of as many digits; 0 and 9 mean that there is none.
    private func port(_ text: String) -> String {
        guard let port = Int(text), port != 0, port != 9 else { return text }
        var random = SplitMix64(seed: SplitMix64.mix(self.seed, UInt64(truncatingIfNeeded: port)))
        return switch text.count {
        case 5: "\(10_000 + random.uniform(below: 55_000))"
        default: self.other(text)
        }
    }

    private mutating func address(_ text: String) -> String {
        if ["0.0.0.0", "::"].contains(text) { return text }
        // A name of mDNS holds a UUID that is made for one call (draft-ietf-mmusic-mdns-ice-candidates).
        if text.hasSuffix(".local") { return self.other(String(text.dropLast(6))) + ".local" }
        if let known = self.addresses[text] { return known }
        let isIPv6 = text.contains(":")
        let number = self.addresses.values.count { $0.contains(":") == isIPv6 } + 1
        let block = ["198.51.100", "203.0.113", "192.0.2"][number / 254 % 3]
        let new = isIPv6 ? "2001:db8::" + String(number, radix: 16) : "\(block).\(number % 254 + 1)"
        self.addresses[text] = new
        return new
    }

    private func words(_ text: String) -> [String] {
        text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }
}
