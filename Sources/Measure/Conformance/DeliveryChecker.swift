/// Compares what each agent of a history got with what it was owed.
///
/// For a message m and a receiver r: *owed* when r's join was done before m was begun and r did not begin to leave
/// within ``drain`` after it; *allowed* when r's membership overlaps what follows m's beginning; the rest is forbidden.
/// Whether the sender itself, or anybody but the addressee, is owed a message is the ``DeliveryRule``'s.
package struct DeliveryChecker: Sendable {
    package let rule: DeliveryRule
    /// Nanoseconds after a push within which a leaving receiver may miss it.
    package let drain: Int64

    package init(rule: DeliveryRule, drain: Int64 = 2_000_000_000) {
        self.rule = rule
        self.drain = drain
    }

    private struct Stay {
        var joinBegan: Int64
        var joined: Int64?
        var leaveBegan: Int64?
        var left: Int64?
    }

    private struct Sent {
        var room: String
        var to: Int?
        var began: Int64
        var done: Int64?
        var outcome = HistoryEvent.Outcome.info
        var digest: UInt64?
    }

    private struct Place: Hashable {
        var agent: Int
        var room: String
    }

    private struct Receipt: Hashable {
        var agent: Int
        var message: MessageKey
    }

    /// Every anomaly of the history but wrong order, in the order of the vocabulary.
    package func findings(in history: History) -> [Finding] {
        let (stays, sent) = self.facts(of: history)
        var found: [Finding] = []
        var received: [Receipt: Int] = [:]
        for event in history.events where event.action == .recv {
            guard let message = event.message, let push = sent[message] else {
                found.append(
                    Finding(
                        .unexpected, agent: event.agent, message: event.message, text: "nobody sent it to a room"))
                continue
            }
            let key = Receipt(agent: event.agent, message: message)
            received[key, default: 0] += 1
            if received[key] == 2 {
                found.append(Finding(.duplicated, agent: event.agent, message: message, text: "it came again"))
            }
            if let problem = self.objection(to: event, push, stays) {
                found.append(Finding(problem.anomaly, agent: event.agent, message: message, text: problem.text))
            } else if push.outcome == .info {
                found.append(Finding(.recovered, agent: event.agent, message: message, text: "its fate was unknown"))
            }
            if let digest = event.digest, let wanted = push.digest, digest != wanted {
                found.append(Finding(.altered, agent: event.agent, message: message, text: "its content differs"))
            }
        }
        for (message, push) in sent where push.outcome == .ok {
            for (place, list) in stays where place.room == push.room && self.rule.owes(message, push.to, place.agent) {
                guard list.contains(where: { self.isOwed(push, $0) }),
                    received[Receipt(agent: place.agent, message: message)] == nil
                else { continue }
                found.append(Finding(.lost, agent: place.agent, message: message, text: "it never came"))
            }
        }
        return found.sorted(by: Self.inOrder)
    }

    /// Deliveries that the history owes: what "nothing was lost" is said over.
    package func owed(in history: History) -> Int {
        let (stays, sent) = self.facts(of: history)
        return sent.reduce(0) { sum, entry in
            guard entry.value.outcome == .ok else { return sum }
            return sum
                + stays.count { place, list in
                    place.room == entry.value.room && self.rule.owes(entry.key, entry.value.to, place.agent)
                        && list.contains { self.isOwed(entry.value, $0) }
                }
        }
    }

    private func facts(of history: History) -> (stays: [Place: [Stay]], sent: [MessageKey: Sent]) {
        var stays: [Place: [Stay]] = [:]
        var sent: [MessageKey: Sent] = [:]
        for event in history.events {
            switch (event.action, event.outcome) {
            case (.join, .invoke):
                guard let room = event.room else { continue }
                stays[Place(agent: event.agent, room: room), default: []].append(Stay(joinBegan: event.t))
            case (.join, .ok):
                guard let room = event.room else { continue }
                Self.last(&stays, Place(agent: event.agent, room: room)) { $0.joined = $0.joined ?? event.t }
            case (.join, .fail):
                guard let room = event.room else { continue }
                Self.last(&stays, Place(agent: event.agent, room: room)) { $0.left = event.t }
            case (.leave, .invoke):
                guard let room = event.room else { continue }
                Self.last(&stays, Place(agent: event.agent, room: room)) { $0.leaveBegan = event.t }
            case (.leave, .ok):
                guard let room = event.room else { continue }
                Self.last(&stays, Place(agent: event.agent, room: room)) { $0.left = event.t }
            case (.close, let outcome):
                for place in stays.keys where place.agent == event.agent {
                    Self.last(&stays, place) { stay in
                        stay.leaveBegan = stay.leaveBegan ?? event.t
                        if outcome != .invoke { stay.left = stay.left ?? event.t }
                    }
                }
            case (.push, .invoke):
                guard let message = event.message, let room = event.room else { continue }
                sent[message] = Sent(room: room, to: event.to, began: event.t, digest: event.digest)
            case (.push, let outcome):
                guard let message = event.message else { continue }
                sent[message]?.outcome = outcome
                sent[message]?.done = event.t
            case (.connect, _), (.auth, _), (.join, .info), (.leave, _), (.recv, _), (.left, _), (.peerState, _): break
            }
        }
        return (stays, sent)
    }

    private static func last(_ stays: inout [Place: [Stay]], _ place: Place, _ change: (inout Stay) -> Void) {
        guard let index = stays[place]?.indices.last else { return }
        change(&stays[place, default: []][index])
    }

    private func isOwed(_ push: Sent, _ stay: Stay) -> Bool {
        guard let joined = stay.joined, joined <= push.began else { return false }
        guard let leave = stay.leaveBegan else { return true }
        return leave > (push.done ?? push.began) + self.drain
    }

    /// Why a receipt may not be; nil when it may.
    private func objection(
        to event: HistoryEvent, _ push: Sent, _ stays: [Place: [Stay]]
    ) -> (anomaly: Anomaly, text: String)? {
        guard let message = event.message else { return nil }
        guard self.rule.allows(message, push.to, event.agent) else {
            return (.unexpected, message.from == event.agent ? "it is its own" : "it is for another member only")
        }
        let list = stays[Place(agent: event.agent, room: push.room)] ?? []
        guard let stay = list.last(where: { $0.joinBegan <= event.t }) else {
            return (.unexpected, "it never joined that room")
        }
        if let left = stay.left, left < push.began { return (.unexpected, "it had left before") }
        if let done = push.done, stay.joinBegan > done { return (.stale, "it joined later") }
        if push.outcome == .fail { return (.unexpected, "its sender was told that it failed") }
        return nil
    }

    private static func inOrder(_ a: Finding, _ b: Finding) -> Bool {
        let all = Anomaly.allCases
        let (x, y) = (all.firstIndex(of: a.anomaly) ?? 0, all.firstIndex(of: b.anomaly) ?? 0)
        if x != y { return x < y }
        let (m, k) = (a.message ?? MessageKey(from: -1, n: -1), b.message ?? MessageKey(from: -1, n: -1))
        return (m, a.agent) < (k, b.agent)
    }
}
