import Testing

/// Checks the grammar of an SDP (RFC 8866 §9, as far as ours use it) and picks out its fields.
struct DescriptionChecker {
    private(set) var problems: [String] = []
    private(set) var lines: [String] = []

    init(_ sdp: String) {
        guard sdp.hasSuffix("\r\n") else {
            self.problems.append("does not end with CRLF")
            return
        }
        self.lines = sdp.dropLast().components("\r\n")
        if self.lines.contains(where: { $0.contains("\r") || $0.contains("\n") }) {
            self.problems.append("stray CR or LF")
        }
        self.check()
    }

    /// The values of all attributes of this name.
    func attributes(_ name: String) -> [String] {
        self.lines.filter { $0.hasPrefix("a=\(name):") }.map { String($0.dropFirst(name.count + 3)) }
    }

    var origin: [Substring] { (self.lines.first { $0.hasPrefix("o=") } ?? "").dropFirst(2).split(separator: " ") }

    private mutating func check() {
        let types = self.lines.map { String($0.prefix(2)) }
        if Array(types.prefix(4)) != ["v=", "o=", "s=", "t="] {
            self.problems.append("begins with \(types.prefix(4))")
        }
        for line in self.lines where !line.isPlain { self.problems.append("'\(line)' is no line") }
        if self.origin.count != 6 || UInt64(self.origin[1]) == nil || UInt64(self.origin[2]) == nil {
            self.problems.append("o=\(self.origin)")
        }
        if let id = UInt64(self.origin[1]), id >= 1 << 63 { self.problems.append("session id \(id)") }
        let media = self.lines.count { $0.hasPrefix("m=") }
        for name in ["ice-ufrag", "ice-pwd", "fingerprint", "setup", "mid"] where self.attributes(name).count != media {
            self.problems.append("\(name) stands \(self.attributes(name).count) times for \(media) m-lines")
        }
        for name in ["ice-ufrag", "ice-pwd"] where Set(self.attributes(name)).count != 1 {
            self.problems.append("\(name) differs within a bundle")
        }
        for line in self.lines where line.hasPrefix("m=") {
            let parts = line.dropFirst(2).split(separator: " ")
            if parts.count < 4 || UInt16(parts[1]) == nil { self.problems.append(line) }
        }
        let mids = self.attributes("group").first?.split(separator: " ").dropFirst().map(String.init)
        if mids != self.attributes("mid") { self.problems.append("the bundle is \(mids ?? [])") }
        for value in self.attributes("fingerprint") where !value.isFingerprint { self.problems.append(value) }
    }
}

extension StringProtocol {
    /// Splits at a separator; both strings as UTF-8, for CRLF is one character of a Swift string.
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var current: [UInt8] = []
        let bytes = Array(self.utf8)
        let mark = Array(separator.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: mark) {
                parts.append(String(decoding: current, as: UTF8.self))
                current = []
                index += mark.count
            } else {
                current.append(bytes[index])
                index += 1
            }
        }
        if !current.isEmpty { parts.append(String(decoding: current, as: UTF8.self)) }
        return parts
    }

    /// `type=value`, printable ASCII, no blank at the end.
    fileprivate var isPlain: Bool {
        let bytes = Array(self.utf8)
        guard bytes.count >= 3, bytes[1] == UInt8(ascii: "="), bytes.last != 0x20 else { return false }
        return bytes.allSatisfy { (0x20...0x7e).contains($0) } && (0x61...0x7a).contains(bytes[0])
    }

    /// RFC 8122 §5.
    fileprivate var isFingerprint: Bool {
        guard self.hasPrefix("sha-256 ") else { return false }
        let octets = self.dropFirst(8).split(separator: ":", omittingEmptySubsequences: false)
        return octets.count == 32
            && octets.allSatisfy { $0.count == 2 && $0.allSatisfy { $0.isHexDigit && !$0.isLowercase } }
    }
}
