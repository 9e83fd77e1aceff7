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
        case .foundation(_, let width): width
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
        }
    }
}
