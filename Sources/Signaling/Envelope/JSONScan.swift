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
