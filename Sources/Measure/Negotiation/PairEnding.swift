/// What the two ends of a pair that did not negotiate hold when the run ends.
package enum PairEnding: UInt8, Codable, Sendable {
    /// Not looked at.
    case unknown
    /// Both in have-local-offer (RFC 9429 section 3.2).
    case bothOffering
    /// Both stable, on different descriptions.
    case bothStable
    /// One stable, the other not.
    case halfOpen
    /// Anything else, for instance an attempt that was given up.
    case apart
}
