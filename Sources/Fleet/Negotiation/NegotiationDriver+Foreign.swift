import Backends
import Measure
import NIOCore
import Signaling

// Peers that are not our agents: browsers, other tools, other runs. They are answered like any other and counted apart.
extension NegotiationDriver {
    /// How many foreign peers one agent remembers.
    private static let foreignLimit = 64

    /// Counts a message without our tag, and feeds it to the machine when it is for this agent.
    func foreign(_ head: SignalHead, to agent: Agent, body: Range<Int>?, in buffer: ByteBuffer, at now: Instant) {
        self.cell.samples.session.foreign += 1
        self.cell.samples.session.foreignBytes += UInt64(head.bytes)
        if !head.from.isEmpty {
            let member = LoopCell.withBody(head.from, in: buffer) { FNV1a.hash(Self.bytes($0)[...]) }
            self.cell.rooms[Int(agent.room)].heard(foreign: member)
        }
        // Another run's agents carry tags too; they are foreign all the same.
        guard head.verdict == .mine, let body, let kind = head.kind, kind != .chatter, agent.session.isJoined,
            !head.from.isEmpty
        else { return }
        let from = LoopCell.withBody(head.from, in: buffer) {
            PeerID(bytes: Self.bytes($0))
        }
        guard let peer = self.foreignPeer(from, of: agent) else { return }
        self.meet(peer, agent)
        agent.peers[peer].heardAt = now
        let description = LoopCell.withBody(body, in: buffer) {
            self.foreignDescription(kind, in: $0)
        }
        self.react(
            kind, description: description, isLast: false, from: peer, polite: agent.id < from, restarted: false,
            to: agent, pair: nil, at: now)
    }

    private func foreignPeer(_ id: PeerID, of agent: Agent) -> Int? {
        let slots = self.cell.rooms[Int(agent.room)].members.count
        if let known = agent.foreigners.firstIndex(of: id) { return slots + known }
        guard agent.foreigners.count < Self.foreignLimit else { return nil }
        agent.foreigners.append(id)
        self.cell.samples.session.foreignPairs += 1
        return slots + agent.foreigners.count - 1
    }

    /// Identifies a foreign description by its ICE user fragment, which its candidates name too (RFC 8839 section 5.4).
    private func foreignDescription(_ kind: SignalKind, in json: RawSpan) -> DescriptionID {
        let found: Bool
        let marker: StaticString
        switch kind {
        case .offer, .answer:
            found = BodyReader.string("sdp", in: json, into: &self.cell.scratch)
            marker = "a=ice-ufrag:"
        case .candidate:
            found = BodyReader.string("candidate", in: json, into: &self.cell.scratch)
            marker = " ufrag "
        case .call, .response, .bye, .chatter:
            return .none
        }
        guard found, let fragment = Self.word(after: marker, in: self.cell.scratch) else {
            return DescriptionID(raw: .max)
        }
        // An offer and its answer have different fragments; ours have the top bit clear.
        return DescriptionID(raw: FNV1a.hash(fragment) | 1 << 63)
    }

    /// The characters after `marker` up to a space or the end of the line.
    private static func word(after marker: StaticString, in text: [UInt8]) -> ArraySlice<UInt8>? {
        let pattern = UnsafeBufferPointer(start: marker.utf8Start, count: marker.utf8CodeUnitCount)
        guard text.count > pattern.count else { return nil }
        for start in 0...(text.count - pattern.count) where text[start...].starts(with: pattern) {
            let from = start + pattern.count
            let end = text[from...].firstIndex { $0 == 0x20 || $0 == 0x0d || $0 == 0x0a } ?? text.endIndex
            return from < end ? text[from..<end] : nil
        }
        return nil
    }

    private static func bytes(_ span: RawSpan) -> [UInt8] { span.withUnsafeBytes { Array($0) } }

    /// Counts the foreign pairs that are stable when the run ends; those of members that left were counted then.
    func countForeignPairs() {
        for agent in self.cell.agents { self.countForeignPairs(of: agent) }
    }

    /// Counts the foreign pairs of an agent that are stable at this moment, the last of its stay.
    func countForeignPairs(of agent: Agent) {
        guard !agent.foreigners.isEmpty else { return }
        let slots = self.cell.rooms[Int(agent.room)].members.count
        for peer in agent.foreigners.indices where agent.negotiator[slots + peer].state == .stable {
            self.cell.samples.session.foreignNegotiated += 1
        }
    }
}
