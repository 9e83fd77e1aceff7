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
