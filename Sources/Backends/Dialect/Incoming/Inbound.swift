package import Signaling

/// One event out of a backend's bytes.
package enum Inbound: Equatable, Sendable {
    /// The backend, or the dialect itself, named this agent.
    case welcomed(PeerID)
    /// The agent is a member of its room; unconfirmed when the backend does not say so and the dialect only hopes.
    case joined(confirmed: Bool)
    /// A signal that passed the filter.
    ///
    /// `body` is the whole JSON object of the signal as an index range of the buffer given to
    /// ``Dialect/next(_:now:into:)``, or of ``Dialect/scratch`` when ``SignalHead/bodyIsInScratch`` is set. Good until the
    /// next call.
    case signal(SignalHead, body: Range<Int>)
    /// A signal that the filter drops: the agent's own, or one for somebody else. Classified, and its body not read.
    case overheard(SignalHead)
    /// Another member came, by the backend's word.
    case peerJoined(PeerID)
    /// Another member went, by the backend's word.
    case peerLeft(PeerID)
    /// A queued send reached the wire now.
    case sent(UInt64)
    /// The backend acknowledged a send.
    case acked(UInt64)
    /// The backend refused something.
    case refused(Refusal)
    /// The session went on where the lost connection had left it.
    case resumed
    /// Something that is no signal and asks for nothing: a heartbeat, an acknowledgement of leaving.
    case control
    /// The backend announced the end of the connection.
    case closed(CloseReason)
}
