/// What is due on a loop: an entry of the plan, a think time that ended, or the loop's own upkeep.
///
/// `agent` and `peer` are indices of the cell's agents and of slots in their room; `generation` is that of the peer
/// connection when the timer was set, and the timer is void if it moved.
enum TimerEvent {
    /// A planned session begins: dial.
    case arrive(session: Int32)
    /// A room whose calls wait for all members is due.
    case roomCalls(room: Int32)
    /// The room has waited long enough for its members.
    case roomCallsAnyway(room: Int32)
    case call(index: Int32)
    case chatter(agent: Int32)
    case respond(agent: Int32, peer: Int32)
    case offer(agent: Int32, peer: Int32, generation: UInt32)
    case answer(agent: Int32, peer: Int32, generation: UInt32)
    case candidate(agent: Int32, peer: Int32, generation: UInt32, index: Int16, isOfferer: Bool)
    case attemptTimeout(agent: Int32, peer: Int32, generation: UInt32)
    /// A planned session ends.
    case depart(session: Int32)
    case reconnect(agent: Int32)
    case connectTimeout(agent: Int32, connection: UInt32)
    case joinGrace(agent: Int32, connection: UInt32)
    /// The end of steady: nothing new begins.
    case finalLeave
    /// An agent that stayed to the end says goodbye.
    case goodbye(agent: Int32)
    /// A fault of the agents begins, or is over.
    case fault(number: Int32, isOver: Bool)
    /// The 10 ms probe of the loop's lag.
    case lagProbe
    /// Once a second: ghosts and lingering records.
    case upkeep
}
