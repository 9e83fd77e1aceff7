import Backends
import NIOCore
import Signaling

/// One headless member: its connection, its dialect and its negotiations.
///
/// Confined to its cell's event loop.
final class Agent {
    /// Where an agent stands in its session.
    enum Phase: UInt8 {
        /// Not there: before its arrival, after its departure. Next: preparing, dialing.
        case absent
        /// Obtaining what a session needs before it can connect. Next: dialing, lost.
        case preparing
        /// Opening the carrier. Next: welcoming, lost.
        case dialing
        /// Connected, waiting for its identity. Next: joining, lost.
        case welcoming
        /// Waiting for the join. Next: joined, lost.
        case joining
        /// A member. Next: leaving, lost.
        case joined
        /// On its way out as planned. Next: absent.
        case leaving
        /// Lost its connection, or never got one. Next: preparing, dialing, when it reconnects.
        case lost
    }

    /// Index in the plan.
    let index: Int32
    /// Index of its room among the cell's.
    let room: Int32
    let slot: Int32

    var phase: Phase = .absent
    /// Index of the current planned session, −1 before the first.
    var session: Int32 = -1
    /// Connections so far; goes into the tag as the instance (less one) and voids the timers of earlier ones.
    var connection: UInt32 = 0
    var id = PeerID(bytes: [])
    /// What the session was given before it connected; nil until then.
    var ticket: Ticket?
    /// Outlives the connections of a session.
    var dialect: BackendSwitch?
    var handler: AgentHandler?
    var negotiator: Negotiator
    /// What is known of each peer, by slot and then foreign peers in the order met; empty until the first negotiation.
    var peers: [PeerState] = []
    var foreigners: [PeerID] = []

    var dialedAt = Instant(nanoseconds: 0)
    var joinAskedAt = Instant(nanoseconds: 0)
    var joinedAt = Instant(nanoseconds: 0)
    var lostAt: Instant?
    var everJoined = false
    var countedRefused = false
    /// Whether the backend has not shown yet that the agent is a member.
    var isUnconfirmed = false
    var attempts = 0
    /// When the call that waits for the join was due; nil when none waits.
    var pendingCall: Instant?
    /// Intended time of the next chatter message.
    var nextChatter = Instant.distantFuture
    var chatterCount = 0
    var deadlineArmed = Instant.distantFuture
    var descriptions: UInt32 = 0

    init(index: Int32, room: Int32, slot: Int32, negotiator: Negotiator) {
        self.index = index
        self.room = room
        self.slot = slot
        self.negotiator = negotiator
    }

    /// The instance that stands in its tags.
    var instance: UInt16 { UInt16(truncatingIfNeeded: self.connection &- 1) }

    /// A new identity for an offer or answer of this agent.
    func nextDescription() -> DescriptionID {
        self.descriptions += 1
        return DescriptionID(raw: UInt64(UInt32(bitPattern: self.index)) << 32 | UInt64(self.descriptions))
    }
}
