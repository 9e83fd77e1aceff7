/// Compares the orders in which agents of a history got messages.
package enum OrderChecker {
    /// Messages that came after a later one of the same sender to the same room, once repeats are left out.
    ///
    /// - Parameters:
    ///   - history: what happened.
    ///   - splitsDirected: whether directed messages are a stream of their own that nothing orders among the others.
    /// - Returns: one finding for each such message.
    package static func fifo(in history: History, splitsDirected: Bool = false) -> [Finding] {
        struct Stream: Hashable {
            var receiver: Int
            var sender: Int
            var room: String?
            var isDirected: Bool
        }
        var rooms: [MessageKey: (room: String?, isDirected: Bool)] = [:]
        var last: [Stream: Int] = [:]
        var seen: [Int: Set<MessageKey>] = [:]
        var found: [Finding] = []
        for event in history.events {
            guard let message = event.message else { continue }
            if event.action == .push, event.outcome == .invoke { rooms[message] = (event.room, event.to != nil) }
            guard event.action == .recv, seen[event.agent, default: []].insert(message).inserted else { continue }
            let place = rooms[message]
            let stream = Stream(
                receiver: event.agent, sender: message.from, room: place?.room,
                isDirected: splitsDirected && place?.isDirected ?? false)
            if let before = last[stream], before > message.n {
                found.append(
                    Finding(.reordered, agent: event.agent, message: message, text: "it came after number \(before)"))
            } else {
                last[stream] = message.n
            }
        }
        return found
    }

    /// Messages on whose order two agents disagree: the orders, merged, have a cycle.
    ///
    /// The first receiver's order numbers the messages; each other receiver's numbers must rise. What the first one did
    /// not get is compared between the others by the same rule, receiver by receiver.
    ///
    /// - Returns: one finding for each pair of receivers that disagree, with the two messages that show it.
    package static func total(in history: History) -> [(finding: Finding, other: MessageKey, agent: Int)] {
        var rooms: [MessageKey: String] = [:]
        var orders: [Int: [String: [MessageKey]]] = [:]
        var seen: [Int: Set<MessageKey>] = [:]
        for event in history.events {
            guard let message = event.message else { continue }
            if event.action == .push, event.outcome == .invoke { rooms[message] = event.room }
            guard event.action == .recv, seen[event.agent, default: []].insert(message).inserted else { continue }
            orders[event.agent, default: [:]][rooms[message] ?? "", default: []].append(message)
        }
        var found: [(finding: Finding, other: MessageKey, agent: Int)] = []
        let agents = orders.keys.sorted()
        for (position, a) in agents.enumerated() {
            for (room, order) in orders[a] ?? [:] {
                let index = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
                for b in agents.dropFirst(position + 1) {
                    var before: MessageKey?
                    for message in orders[b]?[room] ?? [] {
                        guard let i = index[message] else { continue }
                        if let other = before, let j = index[other], j > i {
                            let text = "agent \(a) got it before the other, agent \(b) after it"
                            found.append(
                                (Finding(.reordered, agent: b, message: message, text: text), other: other, agent: a))
                            break
                        }
                        before = message
                    }
                }
            }
        }
        return found
    }

    /// Answers that came to somebody before the message that they answer, where both were to come.
    ///
    /// - Parameters:
    ///   - history: what happened.
    ///   - causes: for each answer, the message that its sender had got before it answered.
    /// - Returns: one finding for each such answer.
    package static func causal(in history: History, causes: [MessageKey: MessageKey]) -> [Finding] {
        var positions: [Int: [MessageKey: Int]] = [:]
        for (index, event) in history.events.enumerated() {
            guard event.action == .recv, let message = event.message else { continue }
            if positions[event.agent]?[message] == nil { positions[event.agent, default: [:]][message] = index }
        }
        var found: [Finding] = []
        for (agent, order) in positions.sorted(by: { $0.key < $1.key }) {
            for (answer, cause) in causes.sorted(by: { $0.key < $1.key }) {
                guard let later = order[answer], let earlier = order[cause], later < earlier else { continue }
                found.append(
                    Finding(.reordered, agent: agent, message: answer, text: "it came before what it answers"))
            }
        }
        return found
    }
}
