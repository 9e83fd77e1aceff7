/// Walks the members of one JSON object (RFC 8259) and checks all of it on the way.
///
/// It never recurses, allocates nothing, and survives any bytes; of a key that comes twice the first should count. It is for what has to be read whole: what a server
/// takes from a client, and the rare messages of a backend. The hot path has ``EnvelopeScanner``, which stops early.
package struct JSONWalker {
    /// One member of the object.
    package struct Member {
        /// Content of the key, without its quotes.
        package var key: Range<Int>
        package var keyIsEscaped: Bool
        package var value: Value
    }

    /// One value: what it is, and where.
    package struct Value: Equatable {
        /// What a value is.
        package enum Kind: Equatable {
            case string(isEscaped: Bool)
            case number
            /// `true`, `false` or `null`.
            case literal
            case object
            case array
        }

        package var kind: Kind
        /// The whole value, with the quotes of a string.
        package var range: Range<Int>

        package var isString: Bool {
            if case .string = self.kind { return true }
            return false
        }

        /// The content of a string, without its quotes, still escaped.
        package var content: Range<Int> { self.range.lowerBound + 1..<self.range.upperBound - 1 }
    }

    /// Levels of nesting that are followed within a member's value; deeper text is refused.
    package static let maximumDepth = 128

    package let bytes: UnsafeRawBufferPointer
    package private(set) var position = 0
    private var isFirst = true

    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Steps into an object.
    ///
    /// - Throws: ``JSONError`` when there is none.
    package mutating func enterObject() throws(JSONError) {
        self.skipSpace()
        guard self.take(UInt8(ascii: "{")) else { throw .notAnObject }
        self.isFirst = true
    }

    /// Takes the next member of the object.
    ///
    /// - Returns: nil when the object ends.
    package mutating func next() throws(JSONError) -> Member? {
        self.skipSpace()
        if self.take(UInt8(ascii: "}")) {
            return nil
        }
        if !self.isFirst {
            guard self.take(UInt8(ascii: ",")) else { throw .malformed }
            self.skipSpace()
        }
        self.isFirst = false
        let (key, isEscaped) = try self.string()
        try self.colon()
        return Member(key: key, keyIsEscaped: isEscaped, value: try self.value())
    }

    /// Steps into an array.
    ///
    /// - Throws: ``JSONError`` when there is none.
    package mutating func enterArray() throws(JSONError) {
        self.skipSpace()
        guard self.take(UInt8(ascii: "[")) else { throw .malformed }
        self.isFirst = true
    }

    /// Takes the next element of the array.
    ///
    /// - Returns: nil when the array ends.
    package mutating func nextElement() throws(JSONError) -> Value? {
        self.skipSpace()
        if self.take(UInt8(ascii: "]")) { return nil }
        if !self.isFirst {
            guard self.take(UInt8(ascii: ",")) else { throw .malformed }
        }
        self.isFirst = false
        return try self.value()
    }

    /// Holds the text to ending here.
    package mutating func finish() throws(JSONError) {
        self.skipSpace()
        guard self.position < self.bytes.count else { return }
        switch self.bytes[self.position] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): throw .severalValues
        default: throw .malformed
        }
    }

    /// Takes one value of any kind, checking everything inside.
    package mutating func value() throws(JSONError) -> Value {
        self.skipSpace()
        guard self.position < self.bytes.count else { throw .malformed }
        let start = self.position
        switch self.bytes[start] {
        case UInt8(ascii: "\""):
            let (content, isEscaped) = try self.string()
            let range = content.lowerBound - 1..<content.upperBound + 1
            return Value(kind: .string(isEscaped: isEscaped), range: range)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let kind: Value.Kind = self.bytes[start] == UInt8(ascii: "{") ? .object : .array
            try self.container()
            return Value(kind: kind, range: start..<self.position)
        default:
            let kind = try self.scalar()
            return Value(kind: kind, range: start..<self.position)
        }
    }

    /// Takes an object or array whole.
    ///
    /// One bit a level remembers which of the two it is.
    private mutating func container() throws(JSONError) {
        var levels: UInt128 = 0
        var depth = 0
        // Whether a value has to come next; else a comma or a closing bracket.
        var wantsValue = true
        repeat {
            self.skipSpace()
            guard self.position < self.bytes.count else { throw .malformed }
            let byte = self.bytes[self.position]
            if !wantsValue {
                self.position += 1
                let isObject = levels & 1 == 1
                if byte == UInt8(ascii: ",") {
                    if isObject {
                        self.skipSpace()
                        _ = try self.string()
                        try self.colon()
                    }
                    wantsValue = true
                } else {
                    guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw .malformed }
                    levels >>= 1
                    depth -= 1
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < Self.maximumDepth else { throw .tooDeep }
                self.position += 1
                let isObject = byte == UInt8(ascii: "{")
                self.skipSpace()
                if self.take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    wantsValue = false
                    if depth == 0 { return }
                    continue
                }
                depth += 1
                levels = levels << 1 | (isObject ? 1 : 0)
                if isObject {
                    _ = try self.string()
                    try self.colon()
                }
            case UInt8(ascii: "\""):
                _ = try self.string()
                wantsValue = false
            default:
                _ = try self.scalar()
                wantsValue = false
            }
        } while depth > 0
    }

    private mutating func colon() throws(JSONError) {
        self.skipSpace()
        guard self.take(UInt8(ascii: ":")) else { throw .malformed }
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.position < self.bytes.count, self.bytes[self.position] == byte else { return false }
        self.position += 1
        return true
    }

    @inline(__always)
    private mutating func skipSpace() {
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case 0x20, 0x09, 0x0A, 0x0D: self.position += 1
            default: return
            }
        }
    }
}

extension JSONWalker {
    /// Takes a string (RFC 8259 §7).
    ///
    /// - Returns: its content without the quotes, and whether it holds an escape.
    private mutating func string() throws(JSONError) -> (content: Range<Int>, isEscaped: Bool) {
        guard self.take(UInt8(ascii: "\"")) else { throw .malformed }
        let start = self.position
        var isEscaped = false
        while true {
            self.skipPlain()
            guard self.position < self.bytes.count else { throw .malformed }
            let byte = self.bytes[self.position]
            self.position += 1
            if byte == UInt8(ascii: "\"") { return (start..<self.position - 1, isEscaped) }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try self.escape()
            } else if byte < 0x20 {
                throw .malformed
            }
        }
    }

    /// Skips what needs no look, eight bytes at a step: no quote, no backslash, no control character.
    @inline(__always)
    private mutating func skipPlain() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while self.position + 8 <= self.bytes.count {
            let word = self.bytes.loadUnaligned(fromByteOffset: self.position, as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5C)
            let found =
                ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | ((word &- ones &* 0x20) & ~word)
            if found & highs != 0 { return }
            self.position += 8
        }
    }

    private mutating func escape() throws(JSONError) {
        guard self.position < self.bytes.count else { throw .malformed }
        let byte = self.bytes[self.position]
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            guard self.position + 4 <= self.bytes.count else { throw .malformed }
            let digits = self.bytes[self.position..<self.position + 4]
            guard digits.allSatisfy({ JSONText.hexadecimal($0) != nil }) else { throw .malformed }
            self.position += 4
        default: throw .malformed
        }
    }

    /// Takes a number or a literal name (RFC 8259 §3, §6).
    private mutating func scalar() throws(JSONError) -> Value.Kind {
        switch self.bytes[self.position] {
        case UInt8(ascii: "t"): try self.literal("true")
        case UInt8(ascii: "f"): try self.literal("false")
        case UInt8(ascii: "n"): try self.literal("null")
        default:
            try self.number()
            return .number
        }
        return .literal
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        let count = text.utf8CodeUnitCount
        guard self.position + count <= self.bytes.count else { throw .malformed }
        for i in 0..<count where self.bytes[self.position + i] != text.utf8Start[i] { throw .malformed }
        self.position += count
    }

    private mutating func number() throws(JSONError) {
        _ = self.take(UInt8(ascii: "-"))
        if !self.take(UInt8(ascii: "0")) { try self.digits() }
        if self.take(UInt8(ascii: ".")) { try self.digits() }
        if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
            if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
            try self.digits()
        }
    }

    /// Takes one digit or more.
    private mutating func digits() throws(JSONError) {
        let start = self.position
        while self.position < self.bytes.count, (0x30...0x39).contains(self.bytes[self.position]) {
            self.position += 1
        }
        guard self.position > start else { throw .malformed }
    }
}

/// Why a text is not the JSON that was wanted.
package enum JSONError: Error, Equatable {
    /// Not JSON (RFC 8259), or cut off.
    case malformed
    /// JSON, but no object.
    case notAnObject
    /// A whole value, and another one behind it.
    case severalValues
    /// Nested deeper than anybody needs.
    case tooDeep

    package var message: String {
        switch self {
        case .malformed: "not JSON"
        case .notAnObject: "not a JSON object"
        case .severalValues: "several JSON values in one message"
        case .tooDeep: "nested deeper than \(JSONWalker.maximumDepth) levels"
        }
    }
}

extension JSONWalker {
    /// Hands over the members of a text that is one object; of a key that stands twice, the first alone.
    ///
    /// - Parameters:
    ///   - text: the whole text.
    ///   - take: gets each key without escapes, and its value.
    /// - Throws: ``JSONError`` when it is not one JSON object.
    package static func members(
        of text: UnsafeRawBufferPointer, _ take: (_ key: String, _ value: Value) -> Void
    ) throws(JSONError) {
        var walker = JSONWalker(text)
        // As bytes: two spellings that look alike are two keys.
        var seen: Set<[UInt8]> = []
        try walker.enterObject()
        while let member = try walker.next() {
            let key = JSONText.unescape(member.key, in: text) ?? Array(text[member.key])
            if seen.insert(key).inserted { take(String(decoding: key, as: UTF8.self), member.value) }
        }
        try walker.finish()
    }
}
