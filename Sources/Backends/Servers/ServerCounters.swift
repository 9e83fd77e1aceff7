/// What an embedded server has done so far.
package struct ServerCounters: Equatable, Sendable {
    /// Connections that became WebSockets.
    package var accepted = 0
    /// Of these, the ones open now.
    package var open = 0
    /// Signals taken from clients and passed on.
    package var messages = 0
    /// Frames built for signals; one for each, however many members get it.
    package var framesEncoded = 0
    /// Signals written to members.
    package var deliveries = 0
    /// Members disconnected because they did not read.
    package var evicted = 0
    /// Texts answered with an `error`.
    package var refusals = 0
    /// Connections failed for a breach of RFC 6455.
    package var framingErrors = 0
    /// Connections that never became WebSockets in time.
    package var handshakeTimeouts = 0
    /// Connections dropped because a ping stayed unanswered.
    package var pingTimeouts = 0
    /// Rooms that have a member.
    package var rooms = 0

    package init() {}

    /// Sums over the loops of a server.
    package static func + (a: ServerCounters, b: ServerCounters) -> ServerCounters {
        var sum = a
        sum.accepted += b.accepted
        sum.open += b.open
        sum.messages += b.messages
        sum.framesEncoded += b.framesEncoded
        sum.deliveries += b.deliveries
        sum.evicted += b.evicted
        sum.refusals += b.refusals
        sum.framingErrors += b.framingErrors
        sum.handshakeTimeouts += b.handshakeTimeouts
        sum.pingTimeouts += b.pingTimeouts
        sum.rooms += b.rooms
        return sum
    }
}
