import Glibc
import NIOCore

/// One frame of a STOMP server, found in a buffer whose indices its ranges are (STOMP 1.2, "STOMP Frames").
struct STOMPFrame: Equatable, Sendable {
    /// What a server says.
    enum Command: String, CaseIterable, Sendable {
        case connected = "CONNECTED"
        case message = "MESSAGE"
        case receipt = "RECEIPT"
        case error = "ERROR"
    }

    var command: Command
    /// The header lines, each with its end of line.
    var headers: Range<Int>
    var body: Range<Int>

    /// Bytes that command and headers may have together.
    static let maxHeadBytes = 64 << 10
    /// Bytes that a body may have.
    static let maxBodyBytes = 16 << 20

    private static let feed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let contentLength = Array("content-length:".utf8)

    /// Takes one frame off the front, and the ends of line before it, which are heart-beats.
    ///
    /// Of the headers only `content-length` is looked at; it allocates nothing.
    ///
    /// - Returns: nil when the frame is not complete.
    /// - Throws: ``DialectError`` for what is no frame of a server.
    static func next(_ bytes: inout ByteBuffer) throws(DialectError) -> STOMPFrame? {
        let start = bytes.readerIndex
        switch bytes.withUnsafeReadableBytes({ Self.scan($0) }) {
        case .incomplete(let skipped):
            bytes.moveReaderIndex(forwardBy: skipped)
            return nil
        case .malformed(let what):
            throw DialectError(code: .malformed, message: "the broker sent \(what)")
        case .frame(let command, let head, let body, let end):
            bytes.moveReaderIndex(forwardBy: end)
            return STOMPFrame(
                command: command, headers: start + head.lowerBound..<start + head.upperBound,
                body: start + body.lowerBound..<start + body.upperBound)
        }
    }

    private enum Scan {
        case incomplete(skipped: Int)
        case malformed(String)
        case frame(Command, Range<Int>, Range<Int>, end: Int)
    }

    private static func scan(_ text: UnsafeRawBufferPointer) -> Scan {
        var start = 0
        while start < text.count {
            if text[start] == self.feed {
                start += 1
            } else if text[start] == self.carriageReturn, start + 1 < text.count, text[start + 1] == self.feed {
                start += 2
            } else {
                break
            }
        }
        let limit = min(text.count, start + self.maxHeadBytes)
        guard let commandEnd = self.first(self.feed, in: text, start..<min(limit, start + 12)) else {
            guard text.count - start < 12 else { return .malformed("something that is no frame of STOMP") }
            return .incomplete(skipped: start)
        }
        guard let command = self.command(text, start..<self.line(text, start, commandEnd)) else {
            return .malformed("a frame of a kind that STOMP servers do not send")
        }
        var at = commandEnd + 1
        let headers = at
        var length: Int?
        while true {
            guard let end = self.first(self.feed, in: text, at..<limit) else {
                guard text.count - start < self.maxHeadBytes else {
                    return .malformed("more than \(self.maxHeadBytes) bytes of headers")
                }
                return .incomplete(skipped: start)
            }
            let line = at..<self.line(text, at, end)
            at = end + 1
            if line.isEmpty { break }
            guard length == nil, text[line.lowerBound] == self.contentLength[0],
                text[line].starts(with: self.contentLength)
            else { continue }
            length = self.number(text, line.dropFirst(self.contentLength.count))
            guard let length, length <= self.maxBodyBytes else {
                return .malformed("a content-length that is none, or more than \(self.maxBodyBytes)")
            }
        }
        let head = headers..<at
        if let length {
            guard at + length < text.count else { return .incomplete(skipped: start) }
            guard text[at + length] == 0 else {
                return .malformed("a frame that does not end where its content-length says")
            }
            return .frame(command, head, at..<at + length, end: at + length + 1)
        }
        guard let end = self.first(0, in: text, at..<text.count) else {
            guard text.count - at <= self.maxBodyBytes else {
                return .malformed("a body of more than \(self.maxBodyBytes) bytes")
            }
            return .incomplete(skipped: start)
        }
        return .frame(command, head, at..<end, end: end + 1)
    }

    @inline(__always)
    private static func first(_ byte: UInt8, in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard !range.isEmpty, let base = text.baseAddress,
            let found = memchr(base + range.lowerBound, CInt(byte), range.count)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// Where a line ends without a carriage return before its line feed.
    @inline(__always)
    private static func line(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
        end > start && text[end - 1] == self.carriageReturn ? end - 1 : end
    }

    @inline(__always)
    private static func command(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Command? {
        // Nearly every frame is a message, and the four differ in their lengths.
        let command: (Command, StaticString)
        switch range.count {
        case 7: command = text[range.lowerBound] == UInt8(ascii: "M") ? (.message, "MESSAGE") : (.receipt, "RECEIPT")
        case 9: command = (.connected, "CONNECTED")
        case 5: command = (.error, "ERROR")
        default: return nil
        }
        guard let base = text.baseAddress, memcmp(base + range.lowerBound, command.1.utf8Start, range.count) == 0
        else { return nil }
        return command.0
    }

    private static func number(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard !range.isEmpty, range.count <= 9 else { return nil }
        var number = 0
        for place in range {
            guard (0x30...0x39).contains(text[place]) else { return nil }
            number = number * 10 + Int(text[place] & 0xF)
        }
        return number
    }

    // MARK: Headers

    /// The value of a header, the first one where it is repeated.
    ///
    /// - Parameters:
    ///   - name: as it is written, without escapes.
    ///   - bytes: where the frame was found.
    /// - Returns: nil when there is none, or a bad escape in it.
    func header(_ name: String, in bytes: ByteBuffer) -> [UInt8]? {
        var all = bytes
        all.moveReaderIndex(to: self.headers.lowerBound)
        guard let text = all.readBytes(length: self.headers.count) else { return nil }
        for line in text.split(separator: Self.feed) {
            let line = line.last == Self.carriageReturn ? line.dropLast() : line
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line[..<colon].elementsEqual(name.utf8) else {
                continue
            }
            // CONNECTED has no escapes, so that STOMP 1.0 can read it.
            let value = line[(colon + 1)...]
            return self.command == .connected ? Array(value) : STOMPText.unescaped(value)
        }
        return nil
    }
}

/// Words of STOMP.
enum STOMPText {
    /// A header's value without its escapes; nil for an escape that is none ("Value Encoding").
    static func unescaped(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var isEscaped = false
        for byte in value {
            if isEscaped {
                switch byte {
                case UInt8(ascii: "n"): out.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "r"): out.append(UInt8(ascii: "\r"))
                case UInt8(ascii: "c"): out.append(UInt8(ascii: ":"))
                case UInt8(ascii: "\\"): out.append(byte)
                default: return nil
                }
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                out.append(byte)
            }
        }
        return isEscaped ? nil : out
    }

    /// A header's value with escapes.
    static func escaped(_ value: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for byte in value {
            switch byte {
            case UInt8(ascii: "\n"): out += Array("\\n".utf8)
            case UInt8(ascii: "\r"): out += Array("\\r".utf8)
            case UInt8(ascii: ":"): out += Array("\\c".utf8)
            case UInt8(ascii: "\\"): out += Array("\\\\".utf8)
            default: out.append(byte)
            }
        }
        return out
    }
}
