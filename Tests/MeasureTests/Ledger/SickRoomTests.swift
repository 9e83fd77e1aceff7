import Measure
import Signaling
import Testing

/// The ledger where a backend is sick: flapping senders, mute members, leaves under way, messages that never leave.
struct SickRoomTests {
    private static let broadcast = DeliveryRule(echoesRoom: false, echoesDirected: false, routesDirected: false)

    private static func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    private static func room(of members: Int, rule: DeliveryRule = Self.broadcast) -> RoomLedger {
        var ledger = RoomLedger(slots: members, rule: rule)
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

    @Test func `a sender that reconnects 4,000 times loses and duplicates nothing`() {
        var ledger = Self.room(of: 2)
        var useful = 0
        for life in 1...4_000 as ClosedRange<UInt32> {
            let now = Self.at(Int64(life) * 100)
            ledger.left(0)
            ledger.joinBegan(0)
            ledger.joinConfirmed(0)
            ledger.startStream(of: 0, instance: life)
            ledger.sent(by: 0, Self.message(at: Int64(life) * 100))
            let receipt = ledger.receive(
                at: 1, from: 0, instance: UInt16(life % 1_296), n: 0, verdict: .mine, now: now)
            #expect(receipt.instance == life)
            if receipt.class == .useful { useful += 1 }
            if life % 10 == 0 { ledger.sweep(now: now) { _ in } }
        }
        ledger.close { _ in }
        #expect(useful == 4_000)
        #expect(ledger.totals.lost == 0 && ledger.totals.reordered == 0)
        #expect(ledger.footprint < 64 << 10)
    }

    @Test func `what was sent before the wrap still finds its record behind it`() {
        var ledger = RoomLedger(slots: 2, rule: Self.broadcast)
        for slot in 0..<2 {
            ledger.joinBegan(slot)
            ledger.joinConfirmed(slot)
            ledger.startStream(of: slot, instance: 1_295)
        }
        ledger.sent(by: 0, Self.message())
        ledger.startStream(of: 0, instance: 1_296)
        ledger.sent(by: 0, Self.message())
        let new = ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(2))
        let old = ledger.receive(at: 1, from: 0, instance: 1_295, n: 0, verdict: .mine, now: Self.at(3))
        #expect(new.class == .useful && new.instance == 1_296 && !new.isReordered)
        #expect(old.class == .useful && old.instance == 1_295 && old.isReordered)
        ledger.sweep(now: Self.at(60_000)) { _ in }
        let again = ledger.receive(at: 1, from: 0, instance: 1_295, n: 0, verdict: .mine, now: Self.at(60_001))
        #expect(again.class == .duplicate)
        #expect(ledger.outstanding == 0)
    }

    @Test func `a room of 5,000 does not take a word for each pair`() {
        let members = 5_000
        var ledger = Self.room(of: members)
        for sender in stride(from: 0, to: members, by: 50) {
            for n in 0..<3 as Range<UInt32> {
                ledger.sent(by: sender, Self.message())
                for receiver in 0..<members where receiver != sender {
                    _ = ledger.receive(
                        at: receiver, from: sender, instance: 0, n: n, verdict: .mine, now: Self.at(2))
                }
            }
        }
        #expect(ledger.outstanding == 0)
        #expect(ledger.footprint < 4 << 20, "5,000² words are 200 MB")
    }

    @Test func `a mute member costs a bit a message, and what it gets late is judged right`() {
        var ledger = Self.room(of: 3)
        var givenUp = 0
        let count = 100_000
        for n in 0..<count {
            let now = Self.at(Int64(n) * 10)
            ledger.sent(by: 0, Self.message(at: Int64(n) * 10))
            _ = ledger.receive(at: 1, from: 0, instance: 0, n: UInt32(n), verdict: .mine, now: now)
            if n % 100 == 0 { ledger.sweep(now: now) { _ in givenUp += 1 } }
        }
        #expect(givenUp > count - 3_200)
        #expect(ledger.footprint < 1 << 20)
        let end = Self.at(Int64(count) * 10)
        let late = ledger.receive(at: 2, from: 0, instance: 0, n: 7, verdict: .mine, now: end)
        #expect(late.class == .useful && late.isOverdue && !late.isTimed)
        #expect(ledger.receive(at: 2, from: 0, instance: 0, n: 7, verdict: .mine, now: end).class == .duplicate)
        #expect(ledger.receive(at: 1, from: 0, instance: 0, n: 8, verdict: .mine, now: end).class == .duplicate)
        #expect(ledger.receive(at: 2, from: 0, instance: 0, n: 8, verdict: .overheard, now: end).class == .overheard)
        ledger.close { _ in }
        let totals = ledger.totals
        #expect(totals.overdue == 2 && totals.lost == UInt64(count) - 2)
        #expect(totals.expected == totals.delivered + totals.censored + totals.excused)
    }

    @Test func `a message that its addressee waits for is kept whole, however old`() {
        var ledger = Self.room(of: 3)
        ledger.sent(by: 0, Self.message(to: 2, kind: .offer))
        ledger.sent(by: 0, Self.message(to: 1, kind: .offer))
        _ = ledger.receive(at: 1, from: 0, instance: 0, n: 1, verdict: .mine, now: Self.at(2))
        var givenUp = 0
        ledger.sweep(now: Self.at(60_000)) { _ in givenUp += 1 }
        #expect(givenUp == 1)
        let late = ledger.receive(at: 2, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(60_001))
        #expect(late.isTimed && late.kind == .offer && late.intended == Self.at(1))
    }

    @Test func `a leave excuses what is under way, and its broadcast has no last receiver`() {
        var ledger = Self.room(of: 3)
        ledger.sent(by: 0, Self.message(at: 1))
        ledger.sent(by: 0, Self.message(at: 2))
        _ = ledger.receive(at: 1, from: 0, instance: 0, n: 0, verdict: .mine, now: Self.at(3))
        var cutShort: [Instant] = []
        ledger.leaveBegan(2, now: Self.at(4), horizon: 1_000_000_000) { cutShort.append($0.intended) }
        #expect(cutShort == [Self.at(1)])
        #expect(ledger.totals.excused == 2 && ledger.totals.expected == 4)
        let last = ledger.receive(at: 1, from: 0, instance: 0, n: 1, verdict: .mine, now: Self.at(5))
        #expect(last.ordinal == 1 && last.ordinals == 1)
        ledger.close { _ in }
        #expect(ledger.totals.lost == 0 && ledger.totals.delivered == 2)
    }

    @Test func `a message that never leaves is owed all the same`() {
        var ledger = Self.room(of: 4)
        #expect(ledger.unsent(by: 0, target: MessageRecord.everyone) == 3)
        ledger.left(0)
        #expect(ledger.unsent(by: 0, target: MessageRecord.everyone) == 3)
        #expect(ledger.unsent(by: 0, target: MessageRecord.foreignPeer) == 3)
        ledger.close { _ in }
        let totals = ledger.totals
        #expect(totals.expected == 9 && totals.unsent == 9 && totals.lost == 0 && totals.censored == 9)
        #expect(ledger.outstanding == 0)
    }

    @Test func `a message that waits for the backend to the end was never sent, and is not lost`() {
        var ledger = Self.room(of: 3)
        for _ in 0..<2 {
            var message = Self.message()
            message.isQueued = true
            ledger.sent(by: 0, message)
        }
        #expect(ledger.wentOut(of: 0, instance: 0, n: 0, at: Self.at(5)) == 4_000_000)
        // However long it waits, it may still go out.
        ledger.sweep(now: Self.at(3_600_000)) { #expect(!$0.isQueued) }
        var closed: [Bool] = []
        ledger.close { closed.append($0.isQueued) }
        let totals = ledger.totals
        #expect(totals.expected == 4 && totals.lost == 2 && totals.unsent == 2 && totals.censored == 4)
        #expect(closed == [true])
    }

    @Test(arguments: [(nil, 1_000), (100, 1_000), (400, 1_600), (3_000, 5_000)] as [(Int64?, Int64)])
    func `the horizon of a leave follows the p99 within a second and the drain`(p99: Int64?, horizon: Int64) {
        let found = LeaveHorizon.nanoseconds(p99: p99.map { $0 * 1_000_000 }, drain: 5_000_000_000)
        #expect(found == horizon * 1_000_000)
    }
}
