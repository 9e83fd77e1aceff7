import Measure
import Signaling

/// Applies one ``Mutant`` to what comes off the wire of a case's agents.
///
/// Confined to the case's event loop.
final class MutantProxy {
    private let mutant: Mutant
    /// Messages in the order in which any agent got them first.
    private var order: [MessageKey: Int] = [:]
    private var log: [(room: String, heard: Heard)] = []
    private var held: [Int: Heard] = [:]
    private var perRoom: [String: Int] = [:]
    private var struck: Set<MessageKey> = []

    /// Which message is struck: large enough that cases of a few messages never get there.
    private static let k = 30
    private static let delay: Int64 = 400_000_000
    /// Deliveries that make a room a busy one.
    private static let busy = 200

    init(_ mutant: Mutant) { self.mutant = mutant }

    /// Hands a message on, changed or not, now or later, to this or another agent.
    func deliver(_ heard: Heard, to agent: ScriptedAgent) {
        let number = self.number(of: heard)
        let isFirst = self.note(heard, agent)
        switch self.mutant {
        case .drop, .acknowledgeThenDrop:
            if number != Self.k { agent.receive(heard) }
        case .duplicate:
            agent.receive(heard)
            if number == Self.k { agent.receive(heard) }
        case .swap: self.swap(heard, number, agent)
        case .delayOneReceiver:
            if agent.index == 2, heard.key?.from == 0 {
                agent.board.after(Self.delay, agent) { $0.receive(heard) }
            } else {
                agent.receive(heard)
            }
        case .leak:
            agent.receive(heard)
            guard isFirst, let other = self.neighbour(of: agent) else { return }
            other.receive(Self.told(heard))
        case .echoFlip: self.flipEcho(heard, isFirst, agent)
        case .stripFinalCRLF, .roundLargeInteger, .truncate: agent.receive(self.edited(heard))
        case .restampFrom:
            guard let number, number >= 2 else { return agent.receive(heard) }
            var other = heard
            other.from = "somebody-else"
            agent.receive(other)
        case .deliverAfterLeave:
            agent.receive(heard)
            guard isFirst, let room = agent.room else { return }
            for gone in agent.board.agents where gone.hasLeft(room) { gone.receive(Self.told(heard)) }
        case .historyTwice, .ghostMember: agent.receive(heard)
        case .loseTail:
            if heard.content?["end"]?.flag != true { agent.receive(heard) }
        case .headOfLineStall: self.stall(heard, agent)
        case .byeTwice:
            agent.receive(heard)
            if heard.kind == .bye { agent.receive(heard) }
        case .noBye:
            if heard.kind != .bye { agent.receive(heard) }
        }
    }

    /// An agent became a member.
    func joined(_ agent: ScriptedAgent) {
        guard self.mutant == .historyTwice, let room = agent.room else { return }
        for entry in self.log where entry.room == room && entry.heard.key?.from != agent.index {
            agent.receive(entry.heard)
            agent.receive(entry.heard)
        }
    }

    /// An agent that was a member of a room is gone.
    func departed(_ agent: ScriptedAgent, from room: String) {
        guard self.mutant == .ghostMember else { return }
        let others = agent.board.agents.filter { $0.isJoined && $0.room == room }
        for other in others {
            other.board.after(Self.delay, other) { other in
                other.receive(
                    Heard(
                        t: other.board.elapsed, key: nil, kind: .response, from: agent.id.description, verdict: .mine,
                        text: []))
            }
        }
    }

    // MARK: Parts

    /// The place of a message among those seen; nil for messages that are not ours.
    private func number(of heard: Heard) -> Int? {
        guard let key = heard.key else { return nil }
        if let known = self.order[key] { return known }
        let number = self.order.count + 1
        self.order[key] = number
        return number
    }

    /// Remembers a message; whether it is the first time that anybody gets it.
    private func note(_ heard: Heard, _ agent: ScriptedAgent) -> Bool {
        guard let key = heard.key, self.struck.insert(key).inserted else { return false }
        if self.mutant == .historyTwice, let room = agent.room { self.log.append((room, heard)) }
        return true
    }

    /// The same message as somebody gets it whom it is not for.
    private static func told(_ heard: Heard) -> Heard {
        var other = heard
        if other.verdict == .echo { other.verdict = .mine }
        return other
    }

    private func swap(_ heard: Heard, _ number: Int?, _ agent: ScriptedAgent) {
        if let waiting = self.held[agent.index] {
            agent.receive(heard)
            guard heard.key?.from == waiting.key?.from else { return }
            self.held[agent.index] = nil
            agent.receive(waiting)
        } else if number == Self.k {
            self.held[agent.index] = heard
            // Without a successor the message is late, not lost.
            agent.board.after(Self.delay, agent) { [self] agent in
                if let waiting = self.held.removeValue(forKey: agent.index) { agent.receive(waiting) }
            }
        } else {
            agent.receive(heard)
        }
    }

    private func neighbour(of agent: ScriptedAgent) -> ScriptedAgent? {
        agent.board.agents.first { $0.isJoined && $0.room != agent.room }
    }

    private func flipEcho(_ heard: Heard, _ isFirst: Bool, _ agent: ScriptedAgent) {
        if heard.verdict == .echo { return }
        agent.receive(heard)
        guard !agent.board.rule.echoesRoom, isFirst, let key = heard.key, agent.board.agents.indices.contains(key.from)
        else { return }
        var echo = heard
        echo.verdict = .echo
        echo.text = []
        agent.board.agents[key.from].receive(echo)
    }

    private func stall(_ heard: Heard, _ agent: ScriptedAgent) {
        let room = agent.room ?? ""
        self.perRoom[room, default: 0] += 1
        let isOvershadowed = self.perRoom.contains {
            $0.key != room && $0.value > max(Self.busy, self.perRoom[room] ?? 0)
        }
        guard isOvershadowed else { return agent.receive(heard) }
        agent.board.after(Self.delay, agent) { agent in
            var late = heard
            late.t = agent.board.elapsed
            agent.receive(late)
        }
    }

    private func edited(_ heard: Heard) -> Heard {
        var other = heard
        switch self.mutant {
        case .stripFinalCRLF:
            let end = Array(#"\r\n""#.utf8)
            if let range = other.text.firstRange(of: end) {
                other.text.replaceSubrange(range, with: [UInt8(ascii: "\"")])
            }
        case .roundLargeInteger: other.text = MutantText.rounded(other.text)
        default:
            if other.text.count > 65_536 + 4_096 { other.text = MutantText.truncated(other.text) }
        }
        return other
    }
}
