/// What an agent is to do after an event of a negotiation; one type per event.
///
/// The machine only decides. Sending, waiting and gathering are its caller's.
package enum NegotiationAction {
    /// Why nothing is to be done.
    package enum Refusal: UInt8, Sendable {
        /// There already is a connection with that peer.
        case connected
        /// The agent has as many connections as it may.
        case full
    }

    /// After a `call`.
    package enum Call: Equatable, Sendable {
        /// Send a `response`, after think time.
        case respond
        case ignore(Refusal)
    }

    /// When a `response` is due.
    package enum Respond: Equatable, Sendable {
        /// Send it.
        case send
        case skip(Refusal)
    }

    /// After a `response`.
    package enum Response: Equatable, Sendable {
        /// Make an offer, which takes a moment; then report it with ``Negotiator/offerDue(to:generation:id:)``.
        case createOffer
        case ignore(Refusal)
    }

    /// After an `offer`.
    package enum Offer: Equatable, Sendable {
        /// Make an answer, which takes a moment; then report it with ``Negotiator/answerDue(to:generation:id:)``.
        case createAnswer
        /// The same, and our own offer is void: stop sending candidates for it. Only the polite side does this.
        case rollbackAndAnswer
        /// Our own offer stands and theirs is as if it had never come. Only the impolite side does this.
        case ignoreGlare
        /// `createAnswer` fails with `InvalidStateError`, for the connection is in this state.
        case invalidState(SignalingState)
    }

    /// After an `answer`.
    package enum Answer: Equatable, Sendable {
        /// It is set, and this end is stable.
        case applied
        /// There is no connection with its sender.
        case noConnection
        /// `setRemoteDescription` fails with `InvalidStateError`, for the connection is in this state.
        case invalidState(SignalingState)
        /// The published client looks at answers only when it has any connection at all, and it has none.
        case notStarted
    }

    /// After a `candidate`.
    package enum Candidate: Equatable, Sendable {
        case applied
        /// Kept until its description comes.
        case queued
        /// Dropped for want of a remote description.
        case lost
        /// Gathered for a description that was replaced or ignored.
        case stale
    }
}

package typealias CallAction = NegotiationAction.Call
package typealias RespondAction = NegotiationAction.Respond
package typealias ResponseAction = NegotiationAction.Response
package typealias OfferAction = NegotiationAction.Offer
package typealias AnswerAction = NegotiationAction.Answer
package typealias CandidateAction = NegotiationAction.Candidate

/// The identity of one session description, an offer or an answer.
///
/// Whoever makes a description gives it an id that no other one of the run has. The machine compares ids and reads
/// nothing else from them.
package struct DescriptionID: Hashable, Sendable {
    package var raw: UInt64

    @inlinable
    package init(raw: UInt64) { self.raw = raw }

    /// Stands for "no description"; never given to one.
    package static let none = DescriptionID(raw: 0)
}

/// How ICE candidates travel.
package enum IceMode: String, Codable, CaseIterable, Sendable {
    /// One message per candidate, as it is gathered (RFC 8838).
    case trickle
    /// Inside the SDP, which waits for all of them; a pair takes three messages.
    case vanilla
}

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

/// What an agent does when two members negotiate at once, and when something goes missing.
package enum Strategy: String, Codable, CaseIterable, Sendable {
    /// The published client of 2014, its glare deadlock and its lost candidates included.
    case seed
    /// The repaired client: W3C perfect negotiation over the same messages.
    case perfect
}
