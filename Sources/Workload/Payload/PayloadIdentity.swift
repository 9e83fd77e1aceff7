import Signaling

/// A place in an SDP or candidate that differs from agent to agent, always of the same width.
enum PayloadField: Hashable, Sendable {
    /// `<sess-id>` of o= (RFC 8866 §5.2): 19 digits below 2^63, by connection.
    case sessionID
    /// `<sess-version>` of o=: 10 digits, rising with each description of a connection.
    case version
    /// `ice-ufrag` (RFC 8839 §5.4), by connection: 48 bits.
    case ufrag
    /// `ice-pwd` (RFC 8839 §5.4), by connection: 144 bits.
    case password
    /// The SHA-256 fingerprint of a certificate (RFC 8122 §5), by agent.
    case fingerprint
    /// The media stream's id, by agent.
    case stream
    /// The id of the track of an m-line, by agent.
    case track(Int)
    /// A synchronisation source, in the order of the SDP, by connection.
    case ssrc(Int)
    /// The canonical name of the sources, by connection.
    case cname
    /// The foundation of one base (address and transport), by connection; decimal digits, so many.
    case foundation(Int, width: Int)
    /// The UDP port of one candidate, by connection.
    case port(Int)
    /// A word of a recording, as long as it was there; the index tells those of one style apart.
    case word(Style, Int, width: Int)

    /// What a word of a recording is made of.
    enum Style: UInt64, Hashable, Sendable {
        /// By connection.
        case iceChars = 1
        /// Digits, the first not 0, by connection.
        case digits
        /// Five digits or fewer, by connection.
        case port
        /// Octets in upper hexadecimal, by agent.
        case fingerprint
        /// By agent.
        case uuid
        /// By agent.
        case hexadecimal
    }

    /// Bytes.
    var width: Int {
        switch self {
        case .sessionID: 19
        case .version, .ssrc: 10
        case .ufrag: 8
        case .password: 24
        case .fingerprint: 95
        case .stream, .track: 36
        case .cname: 16
        case .foundation(_, let width), .word(_, _, let width): width
        case .port: 5
        }
    }

    /// Tells the fields of one identity apart.
    var tag: UInt64 {
        switch self {
        case .sessionID: 1
        case .version: 2
        case .ufrag: 3
        case .password: 4
        case .fingerprint: 5
        case .stream: 6
        case .cname: 7
        case .track(let index): 0x100 + UInt64(index)
        case .ssrc(let index): 0x200 + UInt64(index)
        case .foundation(let base, _): 0x1_0000 + UInt64(base)
        case .port(let candidate): 0x2_0000 + UInt64(candidate)
        case .word(let style, let index, _): style.rawValue << 32 + UInt64(index)
        }
    }
}

/// The generated values of one end of one connection.
struct PayloadIdentity {
    /// Hash key of what belongs to the agent.
    private let agent: UInt64
    /// Hash key of what belongs to this connection of the agent.
    private let connection: UInt64
    private let version: Int

    /// The 64 ice-chars of RFC 8839 §5.1.
    private static let iceChars = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let upperHexadecimal = Array("0123456789ABCDEF".utf8)
    private static let lowerHexadecimal = Array("0123456789abcdef".utf8)

    init(seed: UInt64, agent: Int, peer: Int, generation: Int, version: Int) {
        self.agent = SplitMix64.mix(seed, UInt64(truncatingIfNeeded: agent))
        let pair = SplitMix64.mix(self.agent, UInt64(truncatingIfNeeded: peer))
        self.connection = SplitMix64.mix(pair, UInt64(truncatingIfNeeded: generation))
        self.version = version
    }

    /// Writes the value of a field, exactly as wide as the field is.
    func write(_ field: PayloadField, at offset: Int, in bytes: inout MutableSpan<UInt8>) {
        let tag = field.tag
        switch field {
        case .sessionID:
            let value = 1_000_000_000_000_000_000 + Self.key(self.connection, tag) % 8_000_000_000_000_000_000
            Self.write(decimal: value, width: 19, at: offset, in: &bytes)
        case .version:
            let value = 1_000_000_000 + UInt64(truncatingIfNeeded: self.version) % 1_000_000_000
            Self.write(decimal: value, width: 10, at: offset, in: &bytes)
        case .ufrag, .password, .cname:
            Self.write(iceChars: Self.key(self.connection, tag), width: field.width, at: offset, in: &bytes)
        case .fingerprint:
            Self.write(fingerprint: Self.key(self.agent, tag), width: field.width, at: offset, in: &bytes)
        case .stream, .track:
            Self.write(uuid: Self.key(self.agent, tag), at: offset, in: &bytes)
        case .ssrc:
            let value = 1_000_000_000 + Self.key(self.connection, tag) % 3_294_967_295
            Self.write(decimal: value, width: 10, at: offset, in: &bytes)
        case .foundation(_, let width):
            Self.write(digits: Self.key(self.connection, tag), width: width, at: offset, in: &bytes)
        case .port:
            let value = 32_768 + Self.key(self.connection, tag) % 28_232
            Self.write(decimal: value, width: 5, at: offset, in: &bytes)
        case .word(let style, _, let width): self.write(style, tag, width: width, at: offset, in: &bytes)
        }
    }

    private func write(
        _ style: PayloadField.Style, _ tag: UInt64, width: Int, at offset: Int, in bytes: inout MutableSpan<UInt8>
    ) {
        let (agent, connection) = (Self.key(self.agent, tag), Self.key(self.connection, tag))
        switch style {
        case .iceChars: Self.write(iceChars: connection, width: width, at: offset, in: &bytes)
        case .port where width == 5:
            Self.write(decimal: 32_768 + connection % 28_232, width: 5, at: offset, in: &bytes)
        case .digits where width == 10:
            Self.write(decimal: 1_000_000_000 + connection % 3_294_967_295, width: 10, at: offset, in: &bytes)
        case .digits where width == 19:
            let value = 1_000_000_000_000_000_000 + connection % 8_000_000_000_000_000_000
            Self.write(decimal: value, width: 19, at: offset, in: &bytes)
        case .digits, .port: Self.write(digits: connection, width: width, at: offset, in: &bytes)
        case .fingerprint: Self.write(fingerprint: agent, width: width, at: offset, in: &bytes)
        case .uuid: Self.write(uuid: agent, at: offset, in: &bytes)
        case .hexadecimal: Self.write(hexadecimal: agent, width: width, at: offset, in: &bytes)
        }
    }

    private static func key(_ identity: UInt64, _ tag: UInt64) -> UInt64 { SplitMix64.mix(identity, tag) }

    private static func write(decimal: UInt64, width: Int, at offset: Int, in bytes: inout MutableSpan<UInt8>) {
        var rest = decimal
        for index in stride(from: width - 1, through: 0, by: -1) {
            bytes[offset + index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// Random digits, the first not 0.
    private static func write(digits seed: UInt64, width: Int, at offset: Int, in bytes: inout MutableSpan<UInt8>) {
        var random = SplitMix64(seed: seed)
        var rest: UInt64 = 0
        for index in 0..<width {
            if index % 10 == 0 { rest = random.next() >> 16 }
            let digit = index == 0 ? 1 + rest % 9 : rest % 10
            bytes[offset + index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest /= 10
        }
    }

    /// Random ice-chars, six bits each.
    static func write(iceChars seed: UInt64, width: Int, at offset: Int, in bytes: inout MutableSpan<UInt8>) {
        var random = SplitMix64(seed: seed)
        var rest: UInt64 = 0
        for index in 0..<width {
            if index % 8 == 0 { rest = random.next() }
            bytes[offset + index] = self.iceChars[Int(rest & 63)]
            rest >>= 6
        }
    }

    /// Octets in hexadecimal with colons between them.
    private static func write(
        fingerprint seed: UInt64, width: Int, at offset: Int, in bytes: inout MutableSpan<UInt8>
    ) {
        var random = SplitMix64(seed: seed)
        var rest: UInt64 = 0
        for index in 0..<(width + 1) / 3 {
            if index % 8 == 0 { rest = random.next() }
            if index > 0 { bytes[offset + 3 * index - 1] = UInt8(ascii: ":") }
            bytes[offset + 3 * index] = self.upperHexadecimal[Int(rest >> 4 & 15)]
            bytes[offset + 3 * index + 1] = self.upperHexadecimal[Int(rest & 15)]
            rest >>= 8
        }
    }

    private static func write(
        hexadecimal seed: UInt64, width: Int, at offset: Int, in bytes: inout MutableSpan<UInt8>
    ) {
        var random = SplitMix64(seed: seed)
        var rest: UInt64 = 0
        for index in 0..<width {
            if index % 16 == 0 { rest = random.next() }
            bytes[offset + index] = self.lowerHexadecimal[Int(rest & 15)]
            rest >>= 4
        }
    }

    /// A random UUID, version 4 (RFC 9562 §5.4).
    private static func write(uuid seed: UInt64, at offset: Int, in bytes: inout MutableSpan<UInt8>) {
        var random = SplitMix64(seed: seed)
        var rest: UInt64 = 0
        var drawn = 0
        for index in 0..<36 {
            switch index {
            case 8, 13, 18, 23:
                bytes[offset + index] = UInt8(ascii: "-")
                continue
            default:
                break
            }
            if drawn % 16 == 0 { rest = random.next() }
            let nibble =
                switch index {
                case 14: 4
                case 19: Int(8 | rest & 3)
                default: Int(rest & 15)
                }
            bytes[offset + index] = self.lowerHexadecimal[nibble]
            rest >>= 4
            drawn += 1
        }
    }
}
