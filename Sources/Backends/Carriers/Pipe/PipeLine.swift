import Glibc
import NIOCore
import Signaling

/// One line of the adapter protocol, which the DocC article "Writing an adapter" specifies.
struct PipeLine {
    /// The agent that it is about; nil where it is about the whole process.
    var agent: Int?
    /// Its `op`.
    var operation = ""
    /// Its members that are strings, numbers or literals, as text; of a key that stands twice, the first counts.
    var texts: [String: String] = [:]
    /// Where the signal is, in indices of the buffer, and whether it is nested in a string.
    var signal: (range: Range<Int>, isNested: Bool)?
    /// Where the object `capabilities` is.
    var capabilities: Range<Int>?

    /// Reads a whole line.
    ///
    /// - Throws: ``JSONError`` when it is not one JSON object.
    init(_ bytes: ByteBuffer) throws(JSONError) {
        let start = bytes.readerIndex
        let result = bytes.withUnsafeReadableBytes { text in Self.read(text, at: start) }
        self = try result.get()
    }

    private init() {}

    private static func read(_ text: UnsafeRawBufferPointer, at start: Int) -> Result<PipeLine, JSONError> {
        var line = PipeLine()
        do throws(JSONError) {
            var walker = JSONWalker(text)
            try walker.enterObject()
            while let member = try walker.next() {
                let value = member.value
                let key = String(
                    decoding: JSONText.unescape(member.key, in: text) ?? Array(text[member.key]), as: UTF8.self)
                switch (key, value.kind) {
                case ("signal", .object), ("signal", .string):
                    let range = value.isString ? value.content : value.range
                    if line.signal == nil {
                        line.signal = (start + range.lowerBound..<start + range.upperBound, value.isString)
                    }
                case ("capabilities", .object):
                    line.capabilities =
                        line.capabilities ?? start + value.range.lowerBound..<start + value.range.upperBound
                case (_, .object), (_, .array): break
                default:
                    let bytes = value.isString ? JSONText.unescape(value.content, in: text) : Array(text[value.range])
                    guard let bytes, line.texts[key] == nil else { continue }
                    line.texts[key] = String(decoding: bytes, as: UTF8.self)
                }
            }
            try walker.finish()
        } catch { return .failure(error) }
        line.agent = line.texts["agent"].flatMap { Int($0) }
        line.operation = line.texts["op"] ?? ""
        return .success(line)
    }

    /// The agent that a line is about, where the line begins with it as the protocol recommends.
    static func agent(of bytes: ByteBuffer) -> Int? {
        bytes.withUnsafeReadableBytes { text in
            var cursor = TokenCursor(text)
            guard cursor.take("{"), cursor.take("\"agent\""), cursor.take(":") else { return nil }
            return cursor.number()
        }
    }

    /// Where the signal of a line begins that is written as the protocol recommends: agent, op, signal and nothing else.
    static func signalStart(in text: UnsafeRawBufferPointer) -> Int? {
        var cursor = TokenCursor(text)
        guard cursor.take("{"), cursor.take("\"agent\""), cursor.take(":"), cursor.number() != nil, cursor.take(","),
            cursor.take("\"op\""), cursor.take(":"), cursor.take("\"signal\""), cursor.take(","),
            cursor.take("\"signal\""), cursor.take(":"), cursor.next() == UInt8(ascii: "{")
        else { return nil }
        return cursor.position
    }
}

/// Takes expected tokens off the front of a text; spaces may stand before each.
private struct TokenCursor {
    private let text: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// The next byte that is no space.
    mutating func next() -> UInt8? {
        while self.position < self.text.count, self.text[self.position] == UInt8(ascii: " ") { self.position += 1 }
        return self.position < self.text.count ? self.text[self.position] : nil
    }

    mutating func take(_ token: StaticString) -> Bool {
        _ = self.next()
        let count = token.utf8CodeUnitCount
        guard self.position + count <= self.text.count else { return false }
        for i in 0..<count where self.text[self.position + i] != token.utf8Start[i] { return false }
        self.position += count
        return true
    }

    /// A whole number that is not negative, of at most 15 digits.
    mutating func number() -> Int? {
        guard self.next() != nil else { return nil }
        let start = self.position
        var number = 0
        while self.position < self.text.count, (0x30...0x39).contains(self.text[self.position]) {
            guard self.position - start < 15 else { return nil }
            number = number * 10 + Int(self.text[self.position] - 0x30)
            self.position += 1
        }
        return self.position > start ? number : nil
    }
}

/// Cuts a stream of bytes into lines of bounded length.
struct LineSplitter {
    /// A line that is longer than the bound.
    struct TooLong: Error {}

    private var rest = ReceiveBuffer()
    /// Bytes at the front of what is kept that hold no line end.
    private var searched = 0
    private let bound: Int

    init(bound: Int) { self.bound = bound }

    /// Hands over every line that bytes complete, without its end.
    ///
    /// - Parameters:
    ///   - incoming: what was read.
    ///   - body: called for each line that is not empty.
    /// - Throws: ``TooLong`` behind the lines before.
    mutating func take(_ incoming: ByteBuffer, _ body: (ByteBuffer) -> Void) throws(TooLong) {
        var bytes = self.rest.joined(with: incoming)
        while true {
            guard let count = bytes.lineLength(from: self.searched) else { break }
            self.searched = 0
            guard count <= self.bound, var line = bytes.readSlice(length: count) else { throw TooLong() }
            bytes.moveReaderIndex(forwardBy: 1)
            if line.readableBytesView.last == UInt8(ascii: "\r") { line.moveWriterIndex(to: line.writerIndex - 1) }
            if line.readableBytes > 0 { body(line) }
        }
        guard bytes.readableBytes <= self.bound else { throw TooLong() }
        self.searched = bytes.readableBytes
        self.rest.keep(bytes)
    }
}

extension ByteBuffer {
    /// How many readable bytes stand before the first line end.
    ///
    /// - Parameter start: bytes at the front that are known to hold none.
    /// - Returns: nil where no line ends.
    func lineLength(from start: Int = 0) -> Int? {
        self.withUnsafeReadableBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + start, CInt(UInt8(ascii: "\n")), bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
