/// A way to carry the signaling of a room: who is connected with whom, and to whom a message goes.
package enum RoomDesign: String, CaseIterable, Codable, Sendable {
    /// A mesh; everything goes to every other member.
    case broadcast
    /// A mesh; everything goes to every member, its sender included.
    case broadcastEcho = "broadcast-echo"
    /// A mesh; a directed message goes to its addressee alone.
    case routed
    /// The same by a topic for each member; the room's topic echoes.
    case inbox
    /// A mesh; one topic for all rooms, which everybody reads.
    case sharedTopic = "shared-topic"
    /// A star; each member negotiates with an SFU, and messages are routed.
    case sfu
    /// A star; each member negotiates with an SFU, and everything goes to everybody else.
    case sfuBroadcast = "sfu-broadcast"

    /// What it takes to form one room.
    ///
    /// - Parameters:
    ///   - mesh: the room; its own echo and delivery are without effect here.
    ///   - population: members of all rooms together.
    /// - Returns: messages, deliveries and useful ones; of `sharedTopic` with everybody present already.
    package func totals(_ mesh: MeshArithmetic, population: Int) -> MeshTotals {
        var mesh = mesh
        mesh.echo = .none
        switch self {
        case .broadcast:
            mesh.delivery = .broadcast
        case .broadcastEcho:
            mesh.delivery = .broadcast
            mesh.echo = .own
        case .routed:
            mesh.delivery = .routed
        case .inbox:
            mesh.delivery = .inboxEcho
        case .sharedTopic:
            mesh.delivery = .broadcast
            var totals = mesh.totals
            totals.deliveries = totals.messages * max(0, population - 1)
            return totals
        case .sfu, .sfuBroadcast:
            // Offer, answer and candidates; whom to call nobody has to ask.
            let messages = mesh.members * (2 + mesh.offererCandidates + mesh.answererCandidates)
            let receivers = self == .sfu ? 1 : mesh.members
            return MeshTotals(messages: messages, deliveries: messages * receivers, useful: messages)
        }
        return mesh.totals
    }
}
