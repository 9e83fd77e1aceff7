/// Where one end of a pair stands; the states of RFC 9429 §3.2 with two of `stable` told apart.
package enum SignalingState: UInt8, Sendable {
    /// No connection has been made yet. Next: makingOffer, haveRemoteOffer.
    case none
    /// JSEP's `stable` with nothing exchanged: an offer is being made. Next: haveLocalOffer, haveRemoteOffer, closed.
    case makingOffer
    /// `have-local-offer`. Next: stable; haveRemoteOffer (rolled back, RFC 9429 §4.1.10.2); closed.
    case haveLocalOffer
    /// `have-remote-offer`: an answer is being made. Next: stable, closed.
    case haveRemoteOffer
    /// `stable` with an offer and an answer. Next: haveLocalOffer, haveRemoteOffer (renegotiation), closed.
    case stable
    /// There was a connection and it is gone. Next: makingOffer, haveRemoteOffer.
    case closed

    /// Whether there is a connection, so that it occupies one of the agent's slots.
    package var isOpen: Bool {
        switch self {
        case .none, .closed: false
        case .makingOffer, .haveLocalOffer, .haveRemoteOffer, .stable: true
        }
    }
}
