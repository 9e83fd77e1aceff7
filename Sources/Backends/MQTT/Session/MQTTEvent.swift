/// What a session learnt from one packet, or did of its own accord.
///
/// Every payload is a plain value, so that passing events on costs nothing on the receive path; what needs more room
/// stands in the session.
enum MQTTEvent: Equatable, Sendable {
    /// The server accepted the connection; with or without the session's earlier state.
    case connected(isResumed: Bool)
    /// A message, its topic and payload still in the buffer.
    case message(MQTTDelivery)
    /// The SUBSCRIBE of that identifier was answered; ``MQTTSession/granted`` tells how.
    case subscribed(UInt16)
    case unsubscribed
    /// A message that had to wait is on the wire now.
    case sent(UInt64)
    /// The server has taken a message: PUBACK or PUBCOMP.
    case acked(UInt64)
    /// The server will not have a message.
    case refused(UInt64, MQTTReason)
    /// Something that asks for nothing.
    case control
    /// The server refused the connection or ended it; ``MQTTSession/reasonText`` has its words.
    case closed(MQTTReason)
}
