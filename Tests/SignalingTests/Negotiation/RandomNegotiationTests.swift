import Signaling
import Testing

// A remote may send anything at any time; these invariants hold whatever it does.
struct RandomNegotiationTests {
    @Test(arguments: Strategy.allCases, 1...6 as ClosedRange<UInt64>)
    func `no sequence of events breaks the invariants`(
        strategy: Strategy, seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        var agent = Negotiator(strategy: strategy, maxConnections: 2)
        let peers = 4
        for step in 0..<20_000 {
            let peer = random.uniform(below: peers)
            let before = agent[peer]
            let id = DescriptionID(raw: 1 + random.uniform(below: 5 as UInt64))
            let flag = random.uniform(below: 2) == 0
            // Half of the timers are stale.
            let generation = before.generation &- UInt32(random.uniform(below: 2))
            switch random.uniform(below: 12) {
            case 0: _ = agent.call(from: peer, restarted: flag)
            case 1: _ = agent.respondDue(to: peer)
            case 2: _ = agent.response(from: peer)
            case 3: _ = agent.offerDue(to: peer, generation: generation, id: id)
            case 4: _ = agent.offer(from: peer, id: id, polite: flag, restarted: random.uniform(below: 8) == 0)
            case 5: _ = agent.answerDue(to: peer, generation: generation, id: id)
            case 6: _ = agent.answer(from: peer, id: id)
            case 7, 8: _ = agent.candidate(from: peer, of: id, isLast: flag)
            case 9: _ = agent.bye(from: peer)
            case 10: _ = agent.timedOut(peer, generation: generation)
            default: if random.uniform(below: 50) == 0 { agent.closeAll() } else { _ = agent.departed(peer) }
            }
            let after = agent[peer]
            let context: Comment = "\(strategy), seed \(seed), step \(step)"
            #expect(agent.connectionCount == (0..<peers).count { agent[$0].state.isOpen }, context)
            #expect(before.state.isOpen == after.state.isOpen || before.generation != after.generation, context)
            switch after.state {
            case .none, .closed:
                #expect(after.local == .none && after.remote == .none && after.candidatesApplied == 0, context)
            case .makingOffer:
                #expect(after.local == .none && after.offer == .none, context)
            case .haveLocalOffer:
                #expect(after.local == after.offer && after.answer == .none && after.offer != .none, context)
            case .haveRemoteOffer:
                #expect(after.remote == after.offer && after.answer == .none && after.offer != .none, context)
            case .stable:
                #expect(after.offer != .none && after.answer != .none, context)
                #expect(Set([after.local, after.remote]) == Set([after.offer, after.answer]), context)
            }
        }
    }
}
