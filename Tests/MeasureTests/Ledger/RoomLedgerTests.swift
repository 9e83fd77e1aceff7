import Measure
import Signaling
import Testing

/// The ledger's judgement of receipts, one situation a test; times are in milliseconds of an arbitrary clock.
struct RoomLedgerTests {
    private static let broadcast = DeliveryRule(echoesRoom: false, echoesDirected: false, routesDirected: false)
    private static let echoing = DeliveryRule(echoesRoom: true, echoesDirected: true, routesDirected: false)
    private static let routed = DeliveryRule(echoesRoom: false, echoesDirected: false, routesDirected: true)

    private static func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    /// A room whose members all joined at 0.
    private static func room(of members: Int, slots: Int? = nil, rule: DeliveryRule) -> RoomLedger {
        var ledger = RoomLedger(slots: slots ?? members, rule: rule)
        for slot in 0..<members {
            ledger.joinBegan(slot)
            ledger.joinConfirmed(slot)
            ledger.startStream(of: slot, instance: 0)
        }
        return ledger
    }

    private static func message(
        to target: Int32 = MessageRecord.everyone, kind: SignalKind = .chatter, at time: Int64 = 1
    ) -> OutgoingMessage {
        OutgoingMessage(kind: kind, target: target, intended: Self.at(time), sent: Self.at(time), bytes: 100)
    }

    private static func lost(_ ledger: inout RoomLedger) -> UInt64 {
        ledger.close { _ in }
        return ledger.totals.lost
    }

    @Test func `a broadcast is owed to everybody else, first median and last are told apart`() {
        var ledger = Self.room(of: 4, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message())
        #expect(ledger.totals.expected == 3)
        let receipts = [1, 3, 2].map {
            ledger.receive(at: $0, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(Int64($0) * 10))
        }
        #expect(receipts.map(\.class) == [.useful, .useful, .useful])
        #expect(receipts.map(\.ordinal) == [1, 2, 3])
        #expect(receipts.map(\.ordinals) == [3, 3, 3])
        #expect(receipts[2].first == Self.at(10))
        #expect(ledger.outstanding == 0)
        #expect(Self.lost(&ledger) == 0)
    }

    @Test func `an echoing backend owes the sender its own message, and that is an echo`() {
        var ledger = Self.room(of: 3, rule: Self.echoing)
        ledger.sent(by: 1, Self.message(to: 2, kind: .offer))
        #expect(ledger.totals.expected == 3)
        #expect(ledger.receive(at: 1, from: 1, instance: 0, n: 0, verdict: .echo, now: Self.at(2)).class == .echo)
        #expect(ledger.receive(at: 2, from: 1, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .useful)
        let third = ledger.receive(at: 0, from: 1, instance: 0, n: 0, verdict: .overheard, now: Self.at(2))
        #expect(third.class == .overheard)
        #expect(Self.lost(&ledger) == 0)
    }

    @Test func `a routed directed message is owed to its addressee alone, and elsewhere it is grey`() {
        var ledger = Self.room(of: 3, rule: Self.routed)
        ledger.sent(by: 0, Self.message(to: 2, kind: .offer))
        #expect(ledger.totals.expected == 1)
        let leaked = ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .overheard, now: Self.at(2))
        #expect(leaked.class == .overheard)
        #expect(leaked.isGrey)
        #expect(Self.lost(&ledger) == 1)
    }

    @Test func `a second receipt is a duplicate, also when the record is long gone`() {
        var ledger = Self.room(of: 2, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message())
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .useful)
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(3)).class == .duplicate)
        ledger.sent(by: 0, Self.message())
        ledger.sweep(now: Self.at(60_000))
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(4)).class == .duplicate)
    }

    @Test func `what was never sent, or arrives where nobody is, is stray`() {
        var ledger = Self.room(of: 2, slots: 3, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message())
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 7, verdict: .mine, now: Self.at(2)).class == .stray)
        #expect(ledger.receive(at: 1, from: 0, instance: 4, n: 0, verdict: .mine, now: Self.at(2)).class == .stray)
        #expect(ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .stray)
        #expect(ledger.receive(at: 1, from: 2, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .stray)
    }

    @Test func `a message sent while somebody joins is grey for the newcomer`() {
        var ledger = Self.room(of: 2, slots: 3, rule: Self.broadcast)
        ledger.joinBegan(2)
        ledger.sent(by: 0, Self.message())
        #expect(ledger.totals.expected == 1)
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .useful)
        ledger.joinConfirmed(2)
        let newcomer = ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(3))
        #expect(newcomer.class == .useful)
        #expect(newcomer.isGrey)
        #expect(newcomer.ordinal == 0)
        #expect(ledger.totals.grey == 1)
        #expect(ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(3)).class == .duplicate)
    }

    @Test func `a join that begins while a message is under way is grey, history replayed later is stray`() {
        var ledger = Self.room(of: 2, slots: 3, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message())
        ledger.joinBegan(2)
        #expect(ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).isGrey)
        _ = ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2))
        ledger.left(2)
        ledger.sweep(now: Self.at(60_000))
        ledger.joinBegan(2)
        ledger.joinConfirmed(2)
        #expect(
            ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(61_000)).class == .stray)
    }

    @Test func `an overtaken message is reordered`() {
        var ledger = Self.room(of: 2, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message())
        ledger.sent(by: 0, Self.message())
        #expect(!ledger.receive(at: 1, from: 0, instance: 0, n: 1, verdict: .mine, now: Self.at(2)).isReordered)
        let late = ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(3))
        #expect(late.isReordered)
        #expect(late.class == .useful)
        #expect(ledger.totals.reordered == 1)
    }

    @Test func `who begins to leave is owed nothing that was just sent, and still owed what is overdue`() {
        var ledger = Self.room(of: 3, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message(at: 1))
        ledger.sent(by: 0, Self.message(at: 10_000))
        _ = ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(10_000))
        _ = ledger.receive(at: 1, from: 0, instance: 0, n: 1, verdict: .mine, now: Self.at(10_000))
        ledger.leaveBegan(2, now: Self.at(10_001), horizon: 5_000_000_000)
        #expect(ledger.totals.expected == 3)
        let parting = ledger.receive(at: 2, from: 0, instance: 0, n: 1, verdict: .mine, now: Self.at(10_002))
        #expect(parting.isGrey)
        #expect(Self.lost(&ledger) == 1)
    }

    @Test func `a new instance counts from 0 and its forerunner's messages still find their records`() {
        var ledger = Self.room(of: 2, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message())
        ledger.left(0)
        ledger.joinBegan(0)
        ledger.joinConfirmed(0)
        ledger.startStream(of: 0, instance: 1)
        #expect(ledger.nextNumber(of: 0) == 0)
        ledger.sent(by: 0, Self.message())
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .useful)
        #expect(ledger.receive(at: 1, from: 0, instance: 1, n: 0, verdict: .mine, now: Self.at(2)).class == .useful)
        #expect(Self.lost(&ledger) == 0)
    }

    @Test(arguments: [1, 2, 20261124] as [UInt64])
    func `the identities hold under random membership, loss, duplication and strays`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for rule in [Self.broadcast, Self.echoing, Self.routed] {
            for slots in [3, 70] {
                var ledger = Self.room(of: 2, slots: slots, rule: rule)
                var traffic = TrafficCounters()
                var instance = [UInt16](repeating: 0, count: slots)
                var sent: [(sender: Int, instance: UInt16, n: UInt32, target: Int32)] = []
                for step in 0..<3000 {
                    let now = Self.at(Int64(step))
                    let slot = Int.random(in: 0..<slots, using: &random)
                    switch Int.random(in: 0..<12, using: &random) {
                    case 0 where !ledger.isJoined(slot):
                        ledger.joinBegan(slot)
                    case 1 where !ledger.isJoined(slot):
                        ledger.joinBegan(slot)
                        ledger.joinConfirmed(slot)
                        instance[slot] += 1
                        ledger.startStream(of: slot, instance: instance[slot])
                    case 2: ledger.leaveBegan(slot, now: now, horizon: 200_000_000)
                    case 3: ledger.left(slot)
                    case 4: ledger.sweep(now: now)
                    case 5...7 where ledger.isJoined(slot):
                        let target: Int32 = Bool.random(using: &random) ? -1 : Int32.random(in: 0..<3, using: &random)
                        sent.append((slot, instance[slot], ledger.nextNumber(of: slot), target))
                        ledger.sent(by: slot, Self.message(to: target, at: Int64(step)))
                    default:
                        guard let pick = sent.suffix(40).randomElement(using: &random) else { continue }
                        let receiver = Int.random(in: 0..<slots, using: &random)
                        let verdict: FilterVerdict =
                            receiver == pick.sender
                            ? .echo : (pick.target < 0 || Int(pick.target) == receiver ? .mine : .overheard)
                        let receipt = ledger.receive(
                            at: receiver, from: pick.sender, instance: pick.instance, n: pick.n, verdict: verdict,
                            now: now)
                        traffic.count(receipt.class, bytes: 100)
                    }
                }
                ledger.close { _ in }
                let totals = ledger.totals
                let waste = traffic.duplicate + traffic.stray
                #expect(traffic.deliveries == traffic.useful + traffic.overheard + traffic.echo + waste)
                #expect(
                    traffic.deliveries + totals.lost == totals.expected + totals.grey + waste,
                    "seed \(seed), \(slots) slots, \(rule)")
                #expect(Int(totals.lost) == ledger.outstanding)
            }
        }
    }
}
