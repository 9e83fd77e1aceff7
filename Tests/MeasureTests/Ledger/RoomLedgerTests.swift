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

    @Test func `a routed directed message is owed to its addressee alone, and elsewhere it is optional`() {
        var ledger = Self.room(of: 3, rule: Self.routed)
        ledger.sent(by: 0, Self.message(to: 2, kind: .offer))
        #expect(ledger.totals.expected == 1)
        let leaked = ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .overheard, now: Self.at(2))
        #expect(leaked.class == .overheard)
        #expect(leaked.isOptional)
        #expect(Self.lost(&ledger) == 1)
    }

    @Test func `a second receipt is a duplicate, also when the record is long gone`() {
        var ledger = Self.room(of: 2, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message())
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .useful)
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(3)).class == .duplicate)
        ledger.sent(by: 0, Self.message())
        ledger.sweep(now: Self.at(60_000)) { _ in }
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(4)).class == .duplicate)
    }

    @Test func `what was never sent, or arrives where nobody is, is misrouted`() {
        var ledger = Self.room(of: 2, slots: 3, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message())
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 7, verdict: .mine, now: Self.at(2)).class == .misrouted)
        #expect(ledger.receive(at: 1, from: 0, instance: 4, n: 0, verdict: .mine, now: Self.at(2)).class == .misrouted)
        #expect(ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .misrouted)
        #expect(ledger.receive(at: 1, from: 2, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .misrouted)
    }

    @Test func `a message sent while somebody joins is optional for the newcomer`() {
        var ledger = Self.room(of: 2, slots: 3, rule: Self.broadcast)
        ledger.joinBegan(2)
        ledger.sent(by: 0, Self.message())
        #expect(ledger.totals.expected == 1)
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).class == .useful)
        ledger.joinConfirmed(2)
        let newcomer = ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(3))
        #expect(newcomer.class == .useful)
        #expect(newcomer.isOptional)
        #expect(newcomer.ordinal == 0)
        #expect(ledger.totals.optional == 1)
        #expect(ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(3)).class == .duplicate)
    }

    @Test func `a join that begins while a message is under way is optional, history replayed later is misrouted`() {
        var ledger = Self.room(of: 2, slots: 3, rule: Self.broadcast)
        ledger.sent(by: 0, Self.message())
        ledger.joinBegan(2)
        #expect(ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2)).isOptional)
        _ = ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2))
        ledger.left(2)
        ledger.sweep(now: Self.at(60_000)) { _ in }
        ledger.joinBegan(2)
        ledger.joinConfirmed(2)
        #expect(
            ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(61_000)).class == .misrouted)
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
        #expect(ledger.totals.expected == 4)
        #expect(ledger.totals.excused == 1)
        let parting = ledger.receive(at: 2, from: 0, instance: 0, n: 1, verdict: .mine, now: Self.at(10_002))
        #expect(parting.isOptional)
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
        for rule in [Self.broadcast, Self.echoing, Self.routed] {
            for slots in [3, 70] {
                var run = RandomRoom(seed: seed, slots: slots, rule: rule)
                for step in 0..<3000 { run.step(Self.at(Int64(step) * 20)) }
                run.check("seed \(seed), \(slots) slots, \(rule)")
            }
        }
    }
}

/// One room under random membership and deliveries, with the traffic counters that the identities speak of.
struct RandomRoom {
    private var random: SplitMix64
    private let slots: Int
    private var ledger: RoomLedger
    private var traffic = TrafficCounters()
    private var instance: [UInt32]
    private var sent: [(sender: Int, instance: UInt32, n: UInt32, target: Int32)] = []

    init(seed: UInt64, slots: Int, rule: DeliveryRule) {
        self.random = SplitMix64(seed: seed)
        self.slots = slots
        self.ledger = RoomLedger(slots: slots, rule: rule, patience: 15_000_000_000)
        // Close to the tag's limit, so that tags wrap.
        self.instance = Array(repeating: 1_290, count: slots)
        for slot in 0..<2 {
            self.ledger.joinBegan(slot)
            self.ledger.joinConfirmed(slot)
            self.ledger.startStream(of: slot, instance: self.instance[slot])
        }
    }

    mutating func step(_ now: Instant) {
        let slot = Int.random(in: 0..<self.slots, using: &self.random)
        let target: Int32 = Bool.random(using: &self.random) ? -1 : Int32.random(in: 0..<3, using: &self.random)
        switch Int.random(in: 0..<13, using: &self.random) {
        case 0 where !self.ledger.isJoined(slot):
            self.ledger.joinBegan(slot)
        case 1 where !self.ledger.isJoined(slot):
            self.ledger.joinBegan(slot)
            self.ledger.joinConfirmed(slot)
            self.instance[slot] += 1
            self.ledger.startStream(of: slot, instance: self.instance[slot])
        case 2: self.ledger.leaveBegan(slot, now: now, horizon: 200_000_000)
        case 3: self.ledger.left(slot)
        case 4: self.ledger.sweep(now: now) { _ in }
        case 5: _ = self.ledger.unsent(by: slot, target: target)
        case 6...8 where self.ledger.isJoined(slot):
            self.sent.append((slot, self.instance[slot], self.ledger.nextNumber(of: slot), target))
            self.ledger.sent(
                by: slot, OutgoingMessage(kind: .chatter, target: target, intended: now, sent: now, bytes: 100))
        default:
            // Seldom one that is so old that its record was given up.
            let old = Int.random(in: 0..<10, using: &self.random) == 0
            guard let pick = self.sent.suffix(old ? 1000 : 40).randomElement(using: &self.random) else { return }
            let receiver = Int.random(in: 0..<self.slots, using: &self.random)
            let verdict: FilterVerdict =
                receiver == pick.sender
                ? .echo : (pick.target < 0 || Int(pick.target) == receiver ? .mine : .overheard)
            let receipt = self.ledger.receive(
                at: receiver, from: pick.sender, instance: UInt16(pick.instance % 1_296), n: pick.n, verdict: verdict,
                now: now)
            self.traffic.count(receipt.class, bytes: 100)
        }
    }

    mutating func check(_ what: String) {
        self.ledger.close { _ in }
        let (totals, traffic, outstanding) = (self.ledger.totals, self.traffic, self.ledger.outstanding)
        let waste = traffic.duplicate + traffic.misrouted
        #expect(traffic.deliveries == traffic.useful + traffic.overheard + traffic.echo + waste, "\(what)")
        #expect(totals.expected == totals.delivered + totals.censored + totals.excused, "\(what)")
        #expect(traffic.deliveries == totals.delivered + totals.optional + waste, "\(what)")
        #expect(Int(totals.lost) == outstanding, "\(what)")
    }
}
