/// Checks the grammar of a candidate (RFC 8839 §5.1) and picks out its fields.
struct CandidateChecker {
    private(set) var problems: [String] = []
    private(set) var foundation = ""
    private(set) var component = 0
    private(set) var transport = ""
    private(set) var priority = 0
    private(set) var address = ""
    private(set) var port = 0
    private(set) var type = ""
    /// Extension attributes by name.
    private(set) var extensions: [String: String] = [:]

    init(_ candidate: String) {
        guard candidate.hasPrefix("candidate:") else {
            self.problems.append("no candidate")
            return
        }
        let parts = candidate.dropFirst(10).split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 8, parts.count % 2 == 0, parts.allSatisfy({ !$0.isEmpty }) else {
            self.problems.append("\(parts.count) tokens")
            return
        }
        self.foundation = parts[0]
        self.component = Int(parts[1]) ?? 0
        self.transport = parts[2]
        self.priority = Int(parts[3]) ?? 0
        self.address = parts[4]
        self.port = Int(parts[5]) ?? -1
        self.type = parts[7]
        for index in stride(from: 8, to: parts.count, by: 2) { self.extensions[parts[index]] = parts[index + 1] }
        self.check(parts)
    }

    private mutating func check(_ parts: [String]) {
        func require(_ condition: Bool, _ problem: String) { if !condition { self.problems.append(problem) } }
        require((1...32).contains(self.foundation.count) && self.foundation.allSatisfy(\.isIceChar), "foundation")
        require((1...256).contains(self.component), "component")
        require(["udp", "tcp"].contains(self.transport), "transport")
        require((1...0x7fff_ffff).contains(self.priority) && self.priority & 0xff == 255, "priority")
        require(self.address.hasPrefix("198.51.100.") || self.address.hasPrefix("2001:db8::"), "address")
        require((0...65535).contains(self.port), "port")
        require(parts[6] == "typ" && self.type == "host", "type")
        // RFC 6544 §4.5: an active TCP candidate has port 9.
        if self.transport == "tcp" { require(self.port == 9 && self.extensions["tcptype"] == "active", "tcptype") }
        require(
            self.extensions["ufrag"].map { (4...256).contains($0.count) && $0.allSatisfy(\.isIceChar) } ?? false,
            "ufrag")
    }
}

extension Character {
    /// RFC 8839 §5.1: ALPHA, DIGIT, "+" or "/".
    var isIceChar: Bool { self.isASCII && (self.isLetter || self.isNumber || self == "+" || self == "/") }
}
