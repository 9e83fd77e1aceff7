/// Reads JSON into a ``JSONTree``.
struct JSONTreeReader {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() -> JSONTree? {
        guard let value = self.value() else { return nil }
        self.skipSpace()
        return self.index == self.bytes.count ? value : nil
    }

    private var next: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private mutating func skipSpace() {
        while let byte = self.next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { self.index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        self.skipSpace()
        guard self.next == byte else { return false }
        self.index += 1
        return true
    }

    private mutating func take(word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard self.index + count <= self.bytes.count,
            word.withUTF8Buffer({ self.bytes[self.index..<self.index + count].elementsEqual($0) })
        else { return false }
        self.index += count
        return true
    }

    private mutating func value() -> JSONTree? {
        self.skipSpace()
        guard let byte = self.next, self.depth < JSONTree.maximumDepth else { return nil }
        self.depth += 1
        defer { self.depth -= 1 }
        switch byte {
        case UInt8(ascii: "{"): return self.object()
        case UInt8(ascii: "["): return self.array()
        case UInt8(ascii: "\""): return self.string().map(JSONTree.string)
        case UInt8(ascii: "t"): return self.take(word: "true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return self.take(word: "false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return self.take(word: "null") ? .null : nil
        default: return self.number()
        }
    }

    private mutating func object() -> JSONTree? {
        self.index += 1
        var members: [JSONTree.Member] = []
        if self.take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            self.skipSpace()
            guard self.next == UInt8(ascii: "\""), let key = self.string(), self.take(UInt8(ascii: ":")),
                let value = self.value()
            else { return nil }
            members.append(JSONTree.Member(key: key, value: value))
        } while self.take(UInt8(ascii: ","))
        return self.take(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func array() -> JSONTree? {
        self.index += 1
        var items: [JSONTree] = []
        if self.take(UInt8(ascii: "]")) { return .array(items) }
        repeat {
            guard let value = self.value() else { return nil }
            items.append(value)
        } while self.take(UInt8(ascii: ","))
        return self.take(UInt8(ascii: "]")) ? .array(items) : nil
    }

    private mutating func number() -> JSONTree? {
        let start = self.index
        while let byte = self.next, "+-.0123456789eE".utf8.contains(byte) { self.index += 1 }
        let text = String(decoding: self.bytes[start..<self.index], as: UTF8.self)
        guard let first = text.utf8.first, first != UInt8(ascii: "+"), Double(text) != nil else { return nil }
        return .number(text)
    }

    /// A string after its opening quote has been seen; UTF-8 becomes UTF-16, escapes their code units.
    private mutating func string() -> [UInt16]? {
        self.index += 1
        var units: [UInt16] = []
        var plain = self.index
        while let byte = self.next {
            switch byte {
            case UInt8(ascii: "\""):
                guard self.append(plain..<self.index, to: &units) else { return nil }
                self.index += 1
                return units
            case UInt8(ascii: "\\"):
                guard self.append(plain..<self.index, to: &units), let unit = self.escape() else { return nil }
                units.append(unit)
                plain = self.index
            case ..<0x20: return nil
            default: self.index += 1
            }
        }
        return nil
    }

    private func append(_ range: Range<Int>, to units: inout [UInt16]) -> Bool {
        guard let text = String(validating: self.bytes[range], as: UTF8.self) else { return false }
        units.append(contentsOf: text.utf16)
        return true
    }

    private mutating func escape() -> UInt16? {
        guard self.index + 1 < self.bytes.count else { return nil }
        let letter = self.bytes[self.index + 1]
        self.index += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(letter)
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "u"):
            guard self.index + 4 <= self.bytes.count else { return nil }
            let digits = String(decoding: self.bytes[self.index..<self.index + 4], as: UTF8.self)
            self.index += 4
            return UInt16(digits, radix: 16)
        default: return nil
        }
    }
}
