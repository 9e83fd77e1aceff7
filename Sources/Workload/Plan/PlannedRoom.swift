/// One room and who will be in it.
package struct PlannedRoom: Equatable, Sendable {
    package let index: Int
    /// `room-0000`, …; of equal length throughout a plan.
    package let name: String
    /// Agents by slot; slots follow the order of first arrivals.
    package let members: [Int]
    /// When calling opens in a room whose members call once all are present: a second after its last first arrival.
    ///
    /// Absent when members call as they arrive. With a spread, calls fall at or after it.
    package let callsAt: Int64?
    /// Connections that a member of this room holds at most: `signaling.maxConnections`, `auto` worked out.
    package let maxConnections: Int
}
