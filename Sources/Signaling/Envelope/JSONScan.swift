/// Steps over JSON text (RFC 8259) without building anything.
///
/// It judges structure and leaves the insides of strings and numbers alone: whatever is valid JSON is stepped over
/// exactly, whatever is not may be stepped over too, and no bytes whatever make it read outside the text, recurse or
/// allocate. Each function takes the place to begin at and moves it.
enum JSONScan {
    /// How a string ended.
    enum StringEnd {
        case plain
        case escaped
        case missing
    }

    /// The byte at `i`, or 0 past the end; JSON has no NUL outside strings, so it never means anything else.
    @inline(__always)
    static func peek(_ json: RawSpan, _ i: Int) -> UInt8 { i < json.byteCount ? json.byte(i) : 0 }

    @inline(__always)
    static func skipWhitespace(_ json: RawSpan, _ i: inout Int) {
        // No whitespace is by far the commonest case.
        while i < json.byteCount, json.byte(i) <= 0x20 {
            switch json.byte(i) {
            case 0x20, 0x0A, 0x0D, 0x09: i &+= 1
            default: return
            }
        }
    }

    /// Steps from behind an opening quote to behind the closing one.
    @inline(__always)
    static func skipString(_ json: RawSpan, _ i: inout Int) -> StringEnd {
        var end = StringEnd.plain
        while true {
            let stop = Self.firstQuoteOrBackslash(json, i)
            guard stop < json.byteCount else {
                i = json.byteCount
                return .missing
            }
            if json.byte(stop) == UInt8(ascii: "\"") {
                i = stop &+ 1
                return end
            }
            // Whatever the backslash escapes is no closing quote; the text may also end right behind it.
            end = .escaped
            i = min(stop &+ 2, json.byteCount)
        }
    }

    /// Place of the first `"` or `\` from `start` on, or the end of the text.
    @inline(__always)
    static func firstQuoteOrBackslash(_ json: RawSpan, _ start: Int) -> Int {
        var i = start
        let count = json.byteCount
        while i &+ 8 <= count {
            let word = json.word(i)
            let hits = ByteWord.equal(word, UInt8(ascii: "\"")) | ByteWord.equal(word, UInt8(ascii: "\\"))
            if hits != 0 { return i &+ ByteWord.first(hits) }
            i &+= 8
        }
        while i < count {
            let byte = json.byte(i)
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return i }
            i &+= 1
        }
        return count
    }

    /// Steps over one value.
    ///
    /// - Returns: what it is and where, or nil when it is none.
    @inline(__always)
    static func value(_ json: RawSpan, _ i: inout Int) -> Envelope.Field? {
        if Self.peek(json, i) == UInt8(ascii: "\"") {
            i &+= 1
            let start = i
            switch Self.skipString(json, &i) {
            case .plain:
                let range = Range(uncheckedBounds: (start, i &- 1))
                return Envelope.Field(presence: range.isEmpty ? .empty : .string, range: range)
            case .escaped:
                return Envelope.Field(presence: .escapedString, range: Range(uncheckedBounds: (start, i &- 1)))
            case .missing:
                return nil
            }
        }
        return Self.valueOtherThanString(json, &i)
    }

    @inline(never)
    private static func valueOtherThanString(_ json: RawSpan, _ i: inout Int) -> Envelope.Field? {
        let start = i
        let presence: Envelope.Presence?
        switch Self.peek(json, i) {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            presence = Self.skipNested(json, &i) ? .other : nil
        case UInt8(ascii: "n"):
            presence = Self.skipLiteral(json, &i, "null") ? .falsy : nil
        case UInt8(ascii: "f"):
            presence = Self.skipLiteral(json, &i, "false") ? .falsy : nil
        case UInt8(ascii: "t"):
            presence = Self.skipLiteral(json, &i, "true") ? .other : nil
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            presence = Self.skipNumber(json, &i) ? .falsy : .other
        default:
            presence = nil
        }
        return presence.map { Envelope.Field(presence: $0, range: start..<i) }
    }

    /// Steps over an object or array by counting brackets, however deep they go.
    private static func skipNested(_ json: RawSpan, _ i: inout Int) -> Bool {
        var depth = 0
        while i < json.byteCount {
            let byte = json.byte(i)
            i &+= 1
            switch byte {
            case UInt8(ascii: "\""):
                if Self.skipString(json, &i) == .missing { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > JSONWalker.maximumDepth { return false }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return true }
            default:
                break
            }
        }
        return false
    }

    private static func skipLiteral(_ json: RawSpan, _ i: inout Int, _ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard json.byteCount - i >= length else { return false }
        for k in 0..<length where json.byte(i + k) != literal.utf8Start[k] { return false }
        i += length
        return true
    }

    /// Steps over a number and says whether it is zero.
    private static func skipNumber(_ json: RawSpan, _ i: inout Int) -> Bool {
        var isZero = true
        var isExponent = false
        while i < json.byteCount {
            switch json.byte(i) {
            case UInt8(ascii: "1")...UInt8(ascii: "9"): isZero = isZero && isExponent
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
            case UInt8(ascii: "0"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"): break
            default: return isZero
            }
            i += 1
        }
        return isZero
    }

    /// Whether the bytes of a range are exactly `other`.
    @inline(__always)
    static func equal(_ json: RawSpan, _ range: Range<Int>, _ other: RawSpan) -> Bool {
        range.count == other.byteCount && json.has(other, at: range.lowerBound)
    }
}

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

    /// A walk that goes on behind a member of an object.
    @inline(__always)
    init(behindMemberAt position: Int) {
        self.isObject = true
        self.phase = .between
        self.position = position
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
