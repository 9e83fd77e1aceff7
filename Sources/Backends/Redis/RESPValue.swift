import Glibc
import NIOCore
import Signaling

/// One value of RESP3 at the front of a stream, found without keeping it.
///
/// What a value of a type that is not asked for holds is walked over, so that a later server's words do no harm.
struct RESPValue {
    /// The longest line of a header or a simple value.
    static let maxLine = 64 << 10
    /// The greatest blob, in bytes, and the most values in one.
    static let maxBlob = 16 << 20
    static let maxValues = 1 << 16

    /// Its first byte, which is its type.
    let type: UInt8
    /// What stands in its first line behind the type.
    let line: Range<Int>
    /// Where its parts of one level are: the text of a blob, string or number; the first eight that an array or a push has.
    let parts: [Range<Int>]
    /// Where the next value begins.
    let end: Int

    var isPush: Bool { self.type == UInt8(ascii: ">") }
    /// Whether it says something of the value behind it.
    var isAttribute: Bool { self.type == UInt8(ascii: "|") }
    var isError: Bool { self.type == UInt8(ascii: "-") || self.type == UInt8(ascii: "!") }

    /// Finds the value at the front; nil while it has no end.
    ///
    /// - Throws: ``DialectError`` for bytes that are no RESP3.
    init?(_ bytes: ByteBuffer) throws(DialectError) {
        let offset = bytes.readerIndex
        let result = bytes.withUnsafeReadableBytes { text -> Result<RESPValue?, DialectError> in
            do throws(DialectError) {
                return .success(try RESPValue(text, offset: offset))
            } catch { return .failure(error) }
        }
        guard let value = try result.get() else { return nil }
        self = value
    }

    private init?(_ text: UnsafeRawBufferPointer, offset: Int) throws(DialectError) {
        var at = 0
        var left = 1
        var parts: [Range<Int>] = []
        guard let (type, first) = try Self.header(text, at: 0) else { return nil }
        while left > 0 {
            guard let (type, line) = try Self.header(text, at: at) else { return nil }
            at = line.upperBound + 2
            left -= 1
            var part = line
            switch type {
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "#"),
                UInt8(ascii: "_"), UInt8(ascii: "("):
                break
            case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="):
                let count = try Self.count(text, line, limit: Self.maxBlob)
                guard count >= 0 else { break }
                guard text.count >= at + count + 2 else { return nil }
                guard text[at + count] == UInt8(ascii: "\r"), text[at + count + 1] == UInt8(ascii: "\n") else {
                    throw Self.malformed("a blob that is longer than announced")
                }
                part = at..<at + count
                at += count + 2
            case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"):
                left += max(0, try Self.count(text, line, limit: Self.maxValues))
                part = 0..<0
            case UInt8(ascii: "%"), UInt8(ascii: "|"):
                left += 2 * max(0, try Self.count(text, line, limit: Self.maxValues))
                part = 0..<0
            default: throw Self.malformed("a value of no known type")
            }
            guard left <= Self.maxValues else { throw Self.malformed("a value of too many values") }
            if !part.isEmpty, parts.count < 8 { parts.append(offset + part.lowerBound..<offset + part.upperBound) }
        }
        self.type = type
        self.line = offset + first.lowerBound..<offset + first.upperBound
        self.parts = parts
        self.end = offset + at
    }

    /// The type and the rest of the line that begins at an index; nil while it has no end.
    private static func header(
        _ text: UnsafeRawBufferPointer, at start: Int
    ) throws(DialectError) -> (type: UInt8, line: Range<Int>)? {
        guard start < text.count, let base = text.baseAddress else { return nil }
        let count = min(text.count - start, Self.maxLine)
        guard let found = memchr(base + start, CInt(UInt8(ascii: "\n")), count) else {
            guard count < Self.maxLine else { throw self.malformed("a line without an end") }
            return nil
        }
        let end = found - UnsafeMutableRawPointer(mutating: base) - 1
        guard end > start, text[end] == UInt8(ascii: "\r") else { throw self.malformed("a line that ends without CR") }
        return (text[start], start + 1..<end)
    }

    /// A count; -1 for null.
    private static func count(
        _ text: UnsafeRawBufferPointer, _ range: Range<Int>, limit: Int
    ) throws(DialectError) -> Int {
        if range.count == 2, text[range.lowerBound] == UInt8(ascii: "-"),
            text[range.lowerBound + 1] == UInt8(ascii: "1")
        {
            return -1
        }
        guard let number = self.number(text, range), number <= limit else {
            throw self.malformed("a count that means nothing")
        }
        return number
    }

    /// A decimal number of at most nine digits.
    @inline(__always)
    static func number(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard (1...9).contains(range.count) else { return nil }
        var number = 0
        for at in range {
            let digit = text[at] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }

    static func malformed(_ what: String) -> DialectError {
        DialectError(code: .malformed, message: "the Redis server sent \(what)")
    }

    /// The text of a part, of 200 bytes at most.
    func text(_ part: Int, in bytes: ByteBuffer) -> String {
        guard part < self.parts.count else { return "" }
        let range = self.parts[part]
        return bytes.getSlice(at: range.lowerBound, length: min(200, range.count)).map { String(buffer: $0) } ?? ""
    }
}

/// Commands as a client writes them: an array of blobs.
enum RESPCommand {
    static func bytes(_ words: [[UInt8]]) -> [UInt8] {
        words.reduce(into: Array("*\(words.count)\r\n".utf8)) { $0 += self.blob($1) }
    }

    static func blob(_ word: some Collection<UInt8>) -> [UInt8] {
        Array("$\(word.count)\r\n".utf8) + Array(word) + Array("\r\n".utf8)
    }
}
