import Signaling
import Testing

@testable import Measure

/// The ledger of a load run is the streaming form of the delivery and order checkers: both count the same.
struct LedgerReplayTests {
    @Test(arguments: 0..<40)
    func `a random history gives the ledger and the checkers the same sums`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed) &* 77 &+ 5)
        func draw(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        let echoes = draw(2) == 1
        let routes = draw(2) == 1
        let rule = DeliveryRule(echoesRoom: echoes, echoesDirected: echoes && !routes, routesDirected: routes)
        let members = 2 + draw(5)
        var ledger = RoomLedger(slots: members, rule: rule)
        var history = History()
        var t: Int64 = 0
        func event(
            _ agent: Int, _ action: HistoryEvent.Action, _ outcome: HistoryEvent.Outcome, _ key: MessageKey? = nil,
            to: Int? = nil
        ) {
            t += 1_000
            history.append(
                HistoryEvent(
                    t: t, agent: agent, action: action, outcome: outcome, room: "r", from: key?.from, n: key?.n, to: to)
            )
        }
        for slot in 0..<members {
            event(slot, .join, .invoke)
            ledger.joinBegan(slot)
            event(slot, .join, .ok)
            ledger.joinConfirmed(slot)
            ledger.startStream(of: slot, instance: 0)
        }
        var counts = [Anomaly: Int]()
        var inFlight: [(key: MessageKey, agent: Int, verdict: FilterVerdict)] = []
        func deliver(_ index: Int) {
            let one = inFlight.remove(at: index)
            event(one.agent, .recv, .ok, one.key)
            let receipt = ledger.receive(
                at: one.agent, from: one.key.from, instance: 0, n: UInt32(one.key.n), verdict: one.verdict,
                now: Instant(nanoseconds: t))
            if receipt.class == .duplicate { counts[.duplicated, default: 0] += 1 }
            if receipt.class == .misrouted { counts[.unexpected, default: 0] += 1 }
            if receipt.isReordered { counts[.reordered, default: 0] += 1 }
        }
        for _ in 0..<200 {
            switch draw(4) {
            case 0:
                let sender = draw(members)
                let target = draw(3) == 0 ? (sender + 1 + draw(members - 1)) % members : nil
                let key = MessageKey(from: sender, n: Int(ledger.nextNumber(of: sender)))
                event(sender, .push, .invoke, key, to: target)
                let now = Instant(nanoseconds: t)
                ledger.sent(
                    by: sender,
                    OutgoingMessage(
                        kind: target == nil ? .chatter : .response,
                        target: target.map(Int32.init) ?? MessageRecord.everyone, intended: now,
                        sent: now, bytes: 10))
                event(sender, .push, .ok, key)
                for agent in 0..<members where rule.owes(key, target, agent) {
                    let verdict: FilterVerdict =
                        agent == sender ? .echo : target == nil || target == agent ? .mine : .overheard
                    // Some are lost, some come twice.
                    if draw(20) > 0 { inFlight.append((key, agent, verdict)) }
                    if draw(20) == 0 { inFlight.append((key, agent, verdict)) }
                }
            default:
                if !inFlight.isEmpty { deliver(draw(10) == 0 ? draw(inFlight.count) : 0) }
            }
        }
        while !inFlight.isEmpty { deliver(0) }
        ledger.close { _ in }
        let findings = DeliveryChecker(rule: rule).findings(in: history) + OrderChecker.fifo(in: history)
        func found(_ anomaly: Anomaly) -> Int { findings.count { $0.anomaly == anomaly } }
        #expect(found(.lost) == Int(ledger.totals.lost))
        #expect(found(.duplicated) == counts[.duplicated, default: 0])
        #expect(found(.unexpected) == counts[.unexpected, default: 0])
        #expect(found(.reordered) == Int(ledger.totals.reordered))
        #expect(DeliveryChecker(rule: rule).owed(in: history) == Int(ledger.totals.expected))
    }
}
