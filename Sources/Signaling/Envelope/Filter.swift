/// The rule by which a receiver of a broadcast finds what is meant for it.
package enum Filter {
    /// Applies the published client's rule, in its order.
    ///
    /// First, a message from me is dropped. Then one whose `sendto` is present, not empty (nor `null`, `false` or 0,
    /// which the published client takes for nothing) and not me is dropped. Everything else is mine.
    ///
    /// - Parameters:
    ///   - envelope: the signal's envelope.
    ///   - json: the bytes it was scanned from.
    ///   - selfID: this member's id, unescaped.
    /// - Returns: whether to keep the signal, and if not, why not.
    package static func apply(_ envelope: Envelope, in json: RawSpan, selfID: [UInt8]) -> FilterVerdict {
        let me = selfID.span.bytes
        if envelope.matches(envelope.from, in: json, me) { return .echo }
        switch envelope.sendto.presence {
        case .absent, .empty, .falsy:
            return .mine
        case .string, .escapedString, .other:
            return envelope.matches(envelope.sendto, in: json, me) ? .mine : .overheard
        }
    }
}

/// What the receiver's filter makes of a signal.
package enum FilterVerdict: UInt8, Sendable {
    /// Addressed to this member, or to everyone.
    case mine
    /// This member's own message come back.
    case echo
    /// Addressed to somebody else; delivered, paid for and dropped.
    case overheard
}
