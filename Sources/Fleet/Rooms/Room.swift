import Measure
import Signaling

/// One room on its loop: its members, its traffic and its calls.
struct Room {
    /// Index in the plan.
    let index: Int32
    let name: String
    /// The cell's agents by slot.
    let members: [Int32]
    var traffic: RoomTraffic
    /// Indices of the plan's calls that wait for the whole room, in order; empty when each member calls as it joins.
    var calls: [Int32] = []
    /// Planned time of the first of them.
    var callsAt: Instant?
    /// Whether the first of them is due and waits for members.
    var awaitsMembers = false
    /// Members that joined, or that never will.
    var settled = 0
    /// Pairs of the plan, and those connectable so far.
    var pairs = 0
    var connectable = 0
    var completeAt: Instant?
    /// Hashes of the ids of members that are not ours; no more than ``foreignLimit``.
    private(set) var foreignMembers: Set<UInt64> = []
    private static let foreignLimit = 10_000
    /// Whose id it is or was, for backends that tell of departures.
    var identities: [PeerID: Identity] = [:]

    /// A message came from somebody who is not ours.
    mutating func heard(foreign member: UInt64) {
        if self.foreignMembers.count < Self.foreignLimit { self.foreignMembers.insert(member) }
    }

    /// Whose id it is, and of which of that member's connections.
    struct Identity {
        var slot: Int32
        var instance: UInt32
    }
}
