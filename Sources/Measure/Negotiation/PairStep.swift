/// The steps of one pair's negotiation that were seen, as a set.
package struct PairStep: OptionSet, Sendable, Codable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let callReceived = PairStep(rawValue: 1)
    package static let responseSent = PairStep(rawValue: 2)
    package static let responseReceived = PairStep(rawValue: 4)
    package static let offerSent = PairStep(rawValue: 8)
    package static let offerReceived = PairStep(rawValue: 16)
    package static let answerSent = PairStep(rawValue: 32)
    package static let answerApplied = PairStep(rawValue: 64)
    package static let byeReceived = PairStep(rawValue: 128)
    /// A call was met with silence because the maximum was reached.
    package static let refused = PairStep(rawValue: 256)
    /// An offer crossed another.
    package static let glared = PairStep(rawValue: 512)
    /// One side was lost or never came.
    package static let gone = PairStep(rawValue: 1024)
    /// A description arrived that is not the one that was sent.
    package static let altered = PairStep(rawValue: 4096)
    /// The backend refused a message of this pair, or would not let one of its members in.
    package static let backendRefused = PairStep(rawValue: 2048)
}
