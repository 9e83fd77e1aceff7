/// Walks over the top-level members of one JSON object, one member a step.
struct JSONObjectWalk {
    /// One member: its key's bytes without quotes, and its value.
    struct Member {
        var key: Range<Int>
        var keyIsEscaped: Bool
        var value: Envelope.Field
    }

    /// Where the walk stands.
    private enum Phase {
        /// Before the first member. Next: between, ended, malformed.
        case begun
        /// Behind a member. Next: between, ended, malformed.
        case between
        /// Behind the closing brace. Final.
        case ended
        /// At bytes that no JSON object has there. Final.
        case malformed
    }

    /// The next byte to read.
    private(set) var position: Int
    private var phase: Phase
    /// Whether the text begins as an object.
    let isObject: Bool

    /// Whether the walk stopped at bytes that no JSON object has there.
    var isMalformed: Bool { self.phase == .malformed }

    /// Whether the walk reached the closing brace and only whitespace follows.
    func isComplete(in json: RawSpan) -> Bool {
        guard self.phase == .ended else { return false }
        var i = self.position
        JSONScan.skipWhitespace(json, &i)
        return i == json.byteCount
    }

    @inline(__always)
    init(_ json: RawSpan) {
        var i = 0
        if JSONScan.peek(json, 0) != UInt8(ascii: "{") { Self.skipPreamble(json, &i) }
        self.isObject = JSONScan.peek(json, i) == UInt8(ascii: "{")
        self.phase = self.isObject ? .begun : .malformed
        self.position = i &+ 1
    }

    /// Steps over a byte order mark, which parsers may ignore (RFC 8259 §8.1), and whitespace.
    @inline(never)
    private static func skipPreamble(_ json: RawSpan, _ i: inout Int) {
        if json.byteCount >= 3, json.byte(0) == 0xEF, json.byte(1) == 0xBB, json.byte(2) == 0xBF { i = 3 }
        JSONScan.skipWhitespace(json, &i)
    }

    /// The next member; nil at the end of the object or of what can be read of it.
    @inline(__always)
    mutating func next(in json: RawSpan) -> Member? {
        switch self.phase {
        case .begun:
            JSONScan.skipWhitespace(json, &self.position)
            if JSONScan.peek(json, self.position) == UInt8(ascii: "}") { return self.stop(.ended) }
        case .between:
            JSONScan.skipWhitespace(json, &self.position)
            switch JSONScan.peek(json, self.position) {
            case UInt8(ascii: ","): self.position &+= 1
            case UInt8(ascii: "}"): return self.stop(.ended)
            default: return self.stop(.malformed)
            }
            JSONScan.skipWhitespace(json, &self.position)
        case .ended, .malformed:
            return nil
        }
        guard JSONScan.peek(json, self.position) == UInt8(ascii: "\"") else { return self.stop(.malformed) }
        self.position &+= 1
        let keyStart = self.position
        let keyEnd = JSONScan.skipString(json, &self.position)
        guard keyEnd != .missing else { return self.stop(.malformed) }
        let key = Range(uncheckedBounds: (keyStart, self.position &- 1))
        JSONScan.skipWhitespace(json, &self.position)
        guard JSONScan.peek(json, self.position) == UInt8(ascii: ":") else { return self.stop(.malformed) }
        self.position &+= 1
        JSONScan.skipWhitespace(json, &self.position)
        guard let value = JSONScan.value(json, &self.position) else { return self.stop(.malformed) }
        self.phase = .between
        return Member(key: key, keyIsEscaped: keyEnd == .escaped, value: value)
    }

    @inline(__always)
    private mutating func stop(_ phase: Phase) -> Member? {
        if phase == .ended { self.position &+= 1 }
        self.phase = phase
        return nil
    }
}
