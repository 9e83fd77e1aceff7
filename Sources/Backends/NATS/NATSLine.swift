import Glibc
import NIOCore
import Signaling

/// One control line of a NATS server: what it is, and where its parts are in the buffer.
struct NATSLine {
    /// What a server says.
    enum Verb: Sendable {
        case message
        case messageWithHeaders
        case ping
        case pong
        case info
        case ok
        case error
        case unknown
    }

    /// A payload that a line announces.
    struct Delivery {
        /// The number of the subscription that it comes by.
        var subscription: Int
        /// Where its headers are; empty for none.
        var headers: Range<Int>
        /// Where its payload is, without the headers.
        var payload: Range<Int>
    }

    /// The longest line, which an INFO with the addresses of a cluster may be.
    static let limit = 64 << 10

    let verb: Verb
    /// What stands behind the verb.
    let arguments: Range<Int>
    /// Where the next line, or the line's payload, begins.
    let end: Int

    /// Reads the line at the front; nil while it has no end.
    @inline(__always)
    init?(_ bytes: ByteBuffer) {
        let start = bytes.readerIndex
        let found = bytes.withUnsafeReadableBytes { text -> (Verb, Range<Int>, Int)? in
            guard let base = text.baseAddress,
                let newline = memchr(base, CInt(UInt8(ascii: "\n")), min(text.count, Self.limit))
            else { return nil }
            let end = newline - UnsafeMutableRawPointer(mutating: base)
            let stop = end > 0 && text[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
            var key: UInt64 = 0
            var at = 0
            // Names of operations are case-insensitive, by the protocol.
            while at < stop, at < 8, text[at] > UInt8(ascii: " ") {
                key = key << 8 | UInt64(text[at] | 0x20)
                at += 1
            }
            return (Self.verb(key), start + at..<start + stop, start + end + 1)
        }
        guard let found else { return nil }
        (self.verb, self.arguments, self.end) = found
    }

    /// The verb of up to eight letters, one a byte, in lower case.
    private static func verb(_ key: UInt64) -> Verb {
        switch key {
        case 0x6D_7367: .message  // msg
        case 0x686D_7367: .messageWithHeaders  // hmsg
        case 0x7069_6E67: .ping
        case 0x706F_6E67: .pong
        case 0x696E_666F: .info
        case 0x2B_6F6B: .ok  // +ok
        case 0x2D65_7272: .error  // -err
        default: .unknown
        }
    }

    /// Reads `subject sid [reply] [size of headers] size`.
    ///
    /// - Returns: nil when it is not that, or is longer than `limit` bytes.
    @inline(__always)
    func delivery(in bytes: ByteBuffer, limit: Int) -> Delivery? {
        let hasHeaders = self.verb == .messageWithHeaders
        let offset = bytes.readerIndex
        return bytes.withUnsafeReadableBytes { text in
            var count = 0
            var second = 0..<0
            var beforeLast = 0..<0
            var last = 0..<0
            var at = self.arguments.lowerBound - offset
            let stop = self.arguments.upperBound - offset
            while true {
                while at < stop, text[at] <= UInt8(ascii: " ") { at += 1 }
                guard at < stop else { break }
                let start = at
                while at < stop, text[at] > UInt8(ascii: " ") { at += 1 }
                count += 1
                beforeLast = last
                last = start..<at
                if count == 2 { second = last }
            }
            guard count == (hasHeaders ? 4 : 3) || count == (hasHeaders ? 5 : 4),
                let subscription = Self.number(text, second), let size = Self.number(text, last), size <= limit
            else { return nil }
            var headers = 0
            if hasHeaders {
                guard let bytes = Self.number(text, beforeLast), bytes <= size else { return nil }
                headers = bytes
            }
            return Delivery(
                subscription: subscription, headers: self.end..<self.end + headers,
                payload: self.end + headers..<self.end + size)
        }
    }

    /// A decimal number of at most nine digits.
    @inline(__always)
    private static func number(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard (1...9).contains(range.count) else { return nil }
        var number = 0
        for at in range {
            let digit = text[at] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }
}

/// What a server says of itself.
struct NATSInfo: Equatable, Sendable {
    var version: String?
    var maxPayload: Int?
    var isTLSRequired = false

    init() {}

    /// Reads the JSON of an INFO; what is unknown is passed over.
    ///
    /// - Throws: ``JSONError`` when it is no JSON object.
    init(_ text: UnsafeRawBufferPointer) throws(JSONError) {
        var walker = JSONWalker(text)
        try walker.enterObject()
        while let member = try walker.next() {
            let value = String(decoding: text[member.value.range], as: UTF8.self)
            switch String(decoding: text[member.key], as: UTF8.self) {
            case "version": self.version = value.filter { $0 != "\"" }
            case "max_payload": self.maxPayload = Int(value)
            case "tls_required": self.isTLSRequired = value == "true"
            default: break
            }
        }
        try walker.finish()
    }
}
