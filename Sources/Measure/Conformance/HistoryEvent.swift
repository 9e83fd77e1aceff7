/// One thing that happened to one scripted agent of a conformance case.
///
/// Operations come in pairs, an ``Outcome/invoke`` and what became of it; receipts come alone. Agents are numbers from 0
/// in the order in which the case made them.
package struct HistoryEvent: Equatable, Sendable {
    /// What was done, or what came.
    package enum Action: String, Codable, Sendable {
        /// Opening the connection, up to the backend's welcome.
        case connect
        /// Obtaining what a connection needs, such as a login.
        case auth
        case join
        case leave
        /// Sending one message.
        case push
        /// One message came.
        case recv
        /// The backend said that a member left.
        case left
        /// The connection ended.
        case close
        /// The agent's connection with a peer changed; see ``HistoryEvent/peer``.
        case peerState
    }

    /// How far it got.
    package enum Outcome: String, Codable, Sendable {
        /// It was begun.
        case invoke
        /// It is done.
        case ok
        /// It will never be done.
        case fail
        /// Nobody knows whether it was done.
        case info
    }

    /// Nanoseconds since the history began.
    package var t: Int64
    package var agent: Int
    package var action: Action
    package var outcome: Outcome
    /// The room, where there is one.
    package var room: String?
    /// Who sent the message: the agent itself for a push.
    package var from: Int?
    /// Number of the message among those of its sender, from 0.
    package var n: Int?
    /// Whom the message is for; nil for everybody.
    package var to: Int?
    /// A hash of the message's content.
    package var digest: UInt64?
    /// Whether the receiver's filter lets the message pass.
    package var isMine: Bool?
    /// The message's `type`, an id, or an explanation.
    package var note: String?
    /// What became of a negotiation.
    package var peer: PeerFact?

    package init(
        t: Int64, agent: Int, action: Action, outcome: Outcome, room: String? = nil, from: Int? = nil, n: Int? = nil,
        to: Int? = nil, digest: UInt64? = nil, isMine: Bool? = nil, note: String? = nil, peer: PeerFact? = nil
    ) {
        self.t = t
        self.agent = agent
        self.action = action
        self.outcome = outcome
        self.room = room
        self.from = from
        self.n = n
        self.to = to
        self.digest = digest
        self.isMine = isMine
        self.note = note
        self.peer = peer
    }

    /// Names the message of a push or receipt; nil for other events and for messages that are not ours.
    package var message: MessageKey? {
        guard let from, let n else { return nil }
        return MessageKey(from: from, n: n)
    }
}
