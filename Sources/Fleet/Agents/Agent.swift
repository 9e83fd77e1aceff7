import Backends
import Measure
import NIOCore
import Signaling
import Workload

/// One headless member: its session, its current connection and its negotiations.
///
/// Confined to its cell's event loop.
final class Agent {
    private let cell: LoopCell
    /// Index in the plan.
    let index: Int32
    /// Index among the cell's agents.
    let local: Int32
    /// Index of its room among the cell's.
    let room: Int32
    let slot: Int32

    var session = AgentSession()
    /// The account of the planned session that is under way; nil between sessions.
    var record: SessionRecord?
    /// Whether anything showed that it was a member once, or nobody in its room said anything that could.
    var isProven = false
    /// Its newest connection; what an earlier one still has to say is dropped.
    private(set) var connection: Connection?
    var id = PeerID(bytes: [])
    /// Ids of its last few connections, oldest first; kept only for backends that tell of departures.
    var formerIDs: [PeerID] = []
    /// What the session was given before it connected; nil until then.
    var ticket: Ticket?
    /// What the session's last connection left for the next one.
    var resumption = Resumption.none
    var negotiator: Negotiator
    /// What is known of each peer, by slot and then foreign peers in the order met; empty until the first negotiation.
    var peers: [PeerState] = []
    var foreigners: [PeerID] = []

    /// Whether it closed its connection only to open another at once.
    var returnsAtOnce = false

    /// When the call that waits for the join was due; nil when none waits.
    var pendingCall: Instant?
    /// Intended time of the next chatter message.
    var nextChatter = Instant.distantFuture
    var chatterCount = 0
    private var descriptions: UInt32 = 0
    /// The wait before its newest connection, in nanoseconds.
    private var wait: Int64 = 0

    init(cell: LoopCell, index: Int32, local: Int32, room: Int32, slot: Int32, negotiator: Negotiator) {
        self.cell = cell
        self.index = index
        self.local = local
        self.room = room
        self.slot = slot
        self.negotiator = negotiator
    }

    /// A new identity for an offer or answer of this agent.
    func nextDescription() -> DescriptionID {
        self.descriptions += 1
        return DescriptionID(raw: UInt64(UInt32(bitPattern: self.index)) << 32 | UInt64(self.descriptions))
    }

    /// How long it waits before it dials again, in nanoseconds: the same in every run of a plan that comes as far.
    func nextWait(_ backoff: Profile.Backend.Backoff, seed: UInt64) -> Int64 {
        self.wait = backoff.wait(
            failures: self.session.attempts, previous: self.session.attempts > 1 ? self.wait : 0,
            draw: SplitMix64.mix(seed, UInt64(self.index) << 32 | UInt64(self.session.connections)))
        return self.wait
    }

    /// Takes a new connection into use; the one before is closed for good, whatever it was doing.
    func replace(_ connection: Connection?) {
        let superseded = self.connection
        self.connection = connection
        superseded?.close()
    }
}

extension Agent: ConnectionOwner {
    func opened(_ connection: Connection, at now: Instant) {}

    @inline(__always)
    func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant) {
        guard connection === self.connection else { return self.cell.supersededSpoke() }
        self.cell.handle(event, for: self, in: bytes, at: now)
    }

    func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {
        self.cell.collect(connection)
        guard connection === self.connection || self.cell.configuration.planted == .supersededEndCounts else { return }
        self.connection = nil
        self.resumption = ending.resumption
        self.cell.ended(self, ending.reason, silence: ending.silence, at: now)
    }
}

@available(*, unavailable)
extension Agent: Sendable {}

/// What an agent remembers of one peer beside the connection that its negotiator holds.
struct PeerState {
    /// Greatest instance seen in the peer's tags.
    var instance: UInt32 = 0
    var isKnown = false
    /// Index in the cell's pair log for the sessions below; −1 when the plan has no call between them.
    var pair: Int32 = -1
    var pairOwnSession: Int32 = -1
    var pairPeerSession: Int32 = -1
    /// When something of the peer arrived last; kept only with a ghost timeout.
    var heardAt = Instant(nanoseconds: 0)
    /// Rises with each description, for the `o=` line.
    var version: Int32 = 0
    /// Generation that candidates were gathered for.
    var gathered: UInt32 = .max
}
