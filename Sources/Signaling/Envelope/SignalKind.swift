/// The `type` of a signaling message.
///
/// The first six are the seed's; ``chatter`` is our room-wide probe for fan-out latency, and no machine reacts to it.
package enum SignalKind: UInt8, CaseIterable, Sendable, Codable {
    /// To everyone: "I am here, who wants to talk?"
    case call
    /// To one: "call me".
    case response
    /// To one: an SDP offer.
    case offer
    /// To one: an SDP answer.
    case answer
    /// To one: one trickled ICE candidate (RFC 8838).
    case candidate
    /// To everyone: hang-up.
    case bye
    /// To everyone: a probe of ours.
    case chatter

    /// The value of `type` on the wire.
    package var name: String {
        switch self {
        case .call: "call"
        case .response: "response"
        case .offer: "offer"
        case .answer: "answer"
        case .candidate: "candidate"
        case .bye: "bye"
        case .chatter: "chatter"
        }
    }

    /// Whether a message of this kind carries `sendto`.
    package var isDirected: Bool {
        switch self {
        case .response, .offer, .answer, .candidate: true
        case .call, .bye, .chatter: false
        }
    }
}
