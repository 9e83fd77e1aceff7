/// Everything that happened in one case, in the order in which the driver saw it.
package struct History: Codable, Equatable, Sendable {
    package private(set) var events: [HistoryEvent] = []

    package init(_ events: [HistoryEvent] = []) { self.events = events }

    package mutating func append(_ event: HistoryEvent) { self.events.append(event) }

    /// How many events of a kind there are: what a verdict rests on.
    package func count(_ action: HistoryEvent.Action, _ outcome: HistoryEvent.Outcome) -> Int {
        self.events.count { $0.action == action && $0.outcome == outcome }
    }

    /// The events that show what happened to some messages at some agents: joins, leaves and ends of those agents, and
    /// the pushes and receipts of those messages, at most ``counterexampleLimit`` of them.
    ///
    /// When there are more, the earliest memberships go first, for the messages are what matters.
    ///
    /// - Parameters:
    ///   - messages: the messages.
    ///   - agents: the agents whose comings and goings explain it.
    ///   - room: the room, where only one matters.
    /// - Returns: the events in their order.
    package func excerpt(messages: Set<MessageKey>, agents: Set<Int>, room: String? = nil) -> [HistoryEvent] {
        var frame: [Int] = []
        var core: [Int] = []
        for (index, event) in self.events.enumerated() {
            switch event.action {
            case .push, .recv:
                guard let message = event.message, messages.contains(message) else { continue }
                if event.action == .push || agents.contains(event.agent) { core.append(index) }
            case .join, .leave, .close:
                if agents.contains(event.agent), room == nil || event.room == nil || event.room == room {
                    frame.append(index)
                }
            case .peerState, .left:
                if agents.contains(event.agent), messages.isEmpty { core.append(index) }
            case .connect, .auth: break
            }
        }
        let kept = core.prefix(Self.counterexampleLimit)
        let chosen = frame.suffix(Self.counterexampleLimit - kept.count) + kept
        return chosen.sorted().map { self.events[$0] }
    }

    /// Events that a counterexample may have.
    package static let counterexampleLimit = 20
}
