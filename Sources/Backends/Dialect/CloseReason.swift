/// Why a connection ended.
package enum CloseReason: Equatable, Sendable {
    /// This end wanted it.
    case requested
    /// The backend refused what this end cannot do without, such as joining.
    case refused
    /// The other end said goodbye with a close frame (RFC 6455 §7.4); 1005 when it gave no code.
    case closed(code: UInt16, reason: String)
    /// The other end closed the stream without a goodbye.
    case peerClosed
    /// The backend let nobody in, and said why.
    case denied(String)
    /// It never came about.
    case notOpened(DialError)
    /// The transport failed, such as a reset.
    case transport(String)
    /// The other end broke a protocol.
    case protocolViolation(String)
    /// The other end owed something, which the text names, and did not deliver it in time.
    case timeout(String)

    /// What a Close says that this end sends for it (RFC 6455 §7.4.1): 1002 protocol error, 1000 normal.
    var closeCode: UInt16 {
        switch self {
        case .protocolViolation: 1002
        case .requested, .refused, .closed, .peerClosed, .denied, .notOpened, .transport, .timeout: 1000
        }
    }
}

extension CloseReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .requested: "closed by this end"
        case .refused: "refused by the backend"
        case .closed(let code, let reason):
            reason.isEmpty ? "closed by the backend with \(code)" : "closed by the backend with \(code) (\(reason))"
        case .peerClosed: "closed by the backend without a word"
        case .denied(let detail): detail
        case .notOpened(let error): error.message
        case .transport(let detail): "transport failed: \(detail)"
        case .protocolViolation(let detail): "protocol violation: \(detail)"
        case .timeout(let detail): "timed out: \(detail)"
        }
    }
}
