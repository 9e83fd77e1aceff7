import Glibc
import Signaling

/// A JSON text (RFC 8259) with everything in it that a backend may wrongly change: numbers as they were written, strings
/// as UTF-16 code units with lone surrogates, members in their order and more than once.
indirect enum JSONTree: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string([UInt16])
    case array([JSONTree])
    case object([Member])

    struct Member: Equatable, Sendable {
        var key: [UInt16]
        var value: JSONTree
    }

    /// Reads one text; nil when it is not JSON in UTF-8, or deeper than the walker goes.
    init?(_ bytes: some Collection<UInt8>) {
        let tree = Array(bytes).withUnsafeBytes { text -> JSONTree? in
            var walker = JSONWalker(text)
            guard let value = try? walker.value(), (try? walker.finish()) != nil else { return nil }
            return Self.tree(of: value, in: text)
        }
        guard let tree else { return nil }
        self = tree
    }

    init?(_ text: String) { self.init(Array(text.utf8)) }

    /// The member of that name that was written first; nil when there is none, or this is no object.
    subscript(name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        let key = Array(name.utf16)
        return members.first { $0.key == key }?.value
    }

    /// The names of an object's members in their order.
    var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map { String(decoding: $0.key, as: UTF16.self) }
    }

    var text: String? {
        guard case .string(let units) = self else { return nil }
        return String(decoding: units, as: UTF16.self)
    }

    var number: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    var flag: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// Whether two texts say the same once the order of members does not count, and numbers of equal value are equal.
    func says(_ other: JSONTree) -> Bool {
        switch (self, other) {
        case (.number(let a), .number(let b)): return a == b || Double(a) == Double(b)
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.says($1) }
        case (.object(let a), .object(let b)):
            return a.count == b.count
                && a.allSatisfy { member in b.contains { $0.key == member.key && $0.value.says(member.value) } }
        default: return self == other
        }
    }

    /// A hash of what it says: the order of members and the spelling of numbers do not count.
    var digest: UInt64 {
        switch self {
        case .null: 1
        case .bool(let value): value ? 2 : 3
        case .number(let text):
            FNV1a.hash("n\((Double(text) ?? 0).bitPattern)".utf8)
        case .string(let units):
            units.withUnsafeBytes { FNV1a.hash($0) }
        case .array(let items): items.reduce(5) { ($0 &* 31) &+ $1.digest }
        case .object(let members):
            members.reduce(7) { sum, member in
                sum &+ (JSONTree.string(member.key).digest &* 0x9E37_79B9_7F4A_7C15 ^ member.value.digest)
            }
        }
    }
}

extension JSONTree {
    /// The tree of a value that the walker has found sound; nil when a string is not UTF-8.
    private static func tree(of value: JSONWalker.Value, in text: UnsafeRawBufferPointer) -> JSONTree? {
        let inside = UnsafeRawBufferPointer(rebasing: text[value.range])
        switch value.kind {
        case .string: return Self.units(text[value.content]).map(JSONTree.string)
        case .number: return .number(String(decoding: inside, as: UTF8.self))
        case .literal:
            return inside[0] == UInt8(ascii: "n") ? .null : .bool(inside[0] == UInt8(ascii: "t"))
        case .array:
            var walker = JSONWalker(inside)
            var items: [JSONTree] = []
            guard (try? walker.enterArray()) != nil else { return nil }
            while let item = try? walker.nextElement() {
                guard let tree = Self.tree(of: item, in: inside) else { return nil }
                items.append(tree)
            }
            return .array(items)
        case .object:
            var walker = JSONWalker(inside)
            var members: [Member] = []
            guard (try? walker.enterObject()) != nil else { return nil }
            while let member = try? walker.next() {
                guard let key = Self.units(inside[member.key]), let tree = Self.tree(of: member.value, in: inside)
                else { return nil }
                members.append(Member(key: key, value: tree))
            }
            return .object(members)
        }
    }

    /// The UTF-16 code units of a sound string's content, lone surrogates among them; nil when it is not UTF-8.
    private static func units(_ content: Slice<UnsafeRawBufferPointer>) -> [UInt16]? {
        guard let text = String(validating: content, as: UTF8.self) else { return nil }
        let written = Array(text.utf16)
        // Nearly all strings are as they are written, and long ones are many.
        let raw = UnsafeRawBufferPointer(rebasing: content)
        guard let base = raw.baseAddress, memchr(base, Int32(UInt8(ascii: "\\")), raw.count) != nil else {
            return written
        }
        var units: [UInt16] = []
        var rest = written.makeIterator()
        while let unit = rest.next() {
            guard unit == UInt16(UInt8(ascii: "\\")), let letter = rest.next() else {
                units.append(unit)
                continue
            }
            switch UInt8(truncatingIfNeeded: letter) {
            case UInt8(ascii: "b"): units.append(8)
            case UInt8(ascii: "f"): units.append(12)
            case UInt8(ascii: "n"): units.append(10)
            case UInt8(ascii: "r"): units.append(13)
            case UInt8(ascii: "t"): units.append(9)
            case UInt8(ascii: "u"):
                let digits = (0..<4).compactMap { _ in rest.next() }
                units.append(UInt16(String(decoding: digits, as: UTF16.self), radix: 16) ?? 0xFFFD)
            default: units.append(letter)
            }
        }
        return units
    }
}

/// JSON texts of content.
enum JSONWriting {
    /// A string as JSON text, with its quotes.
    static func string(_ text: String) -> String {
        String(decoding: JSONText.quoted(text.utf8), as: UTF8.self)
    }
}
