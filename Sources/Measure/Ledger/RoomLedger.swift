package import Signaling

/// Who was owed what in one room, and what came: the delivery ledger.
///
/// A delivery is *required* only if the receiver's join was confirmed before the send and it had not begun to leave;
/// *forbidden* if it could not be a member at any time; else *grey* (`signaling.md`). Confined to the event loop that
/// the room lives on. A record is freed with its last required receipt, unless somebody was or is on the way in or
/// out, in which case it lingers until ``sweep(now:)``; memory therefore follows what is in flight, not the run.
package struct RoomLedger: Sendable {
    /// How the backend delivers.
    package let rule: DeliveryRule
    package private(set) var totals = LedgerTotals()
    /// Required receipts outstanding over all messages.
    package private(set) var outstanding: Int = 0

    private enum Membership: UInt8 { case absent, joining, joined, leaving }

    /// What a receiver saw of one sender.
    private struct Seen {
        var last: UInt32 = 0
        var lastInstance: UInt16 = 0
        var floorInstance: UInt16 = 0
        var floor: UInt32 = 0
    }

    private let slots: Int
    private var membership: [Membership]
    private var membershipVersion: UInt32 = 0
    private var unsettled = 0
    private var joined: [UInt64]
    private var joinedCount = 0
    private var seen: [[Seen]]
    private var streams: [MessageStream] = []
    private var current: [Int32]
    private var former: [UInt64: Int32] = [:]
    private var freeStreams: [Int32] = []
    private var records: [MessageRecord] = []
    private var free: [Int32] = []
    private var lingering: [Int32] = []
    private var sets: SlotSets
    private var scratch: [UInt64]

    /// How long a fully received message is remembered when a grey receipt may still come, in nanoseconds.
    private static let linger: Int64 = 10_000_000_000

    /// An empty room.
    ///
    /// - Parameters:
    ///   - slots: how many members the room is planned to have.
    ///   - rule: whom the backend owes what.
    package init(slots: Int, rule: DeliveryRule) {
        self.slots = slots
        self.rule = rule
        self.membership = Array(repeating: .absent, count: slots)
        self.sets = SlotSets(slots: slots)
        self.joined = Array(repeating: 0, count: self.sets.words)
        self.scratch = self.joined
        self.seen = Array(repeating: [], count: slots)
        self.current = Array(repeating: -1, count: slots)
    }

    // MARK: Membership

    /// Whether the member's join was confirmed and it has not begun to leave.
    package func isJoined(_ slot: Int) -> Bool { self.membership[slot] == .joined }

    /// Members whose join was confirmed.
    package var members: Int { self.joinedCount }

    /// The join was asked for: from now on deliveries to this member are allowed.
    package mutating func joinBegan(_ slot: Int) {
        self.settle(slot, .joining)
        if self.seen[slot].isEmpty {
            self.seen[slot] = Array(repeating: Seen(), count: self.rule.splitsStreams ? 2 * self.slots : self.slots)
        }
        for sender in 0..<self.slots where self.current[sender] >= 0 {
            let stream = self.streams[Int(self.current[sender])]
            self.seen[slot][sender].floor = stream.next
            self.seen[slot][sender].floorInstance = stream.instance
        }
    }

    /// The join was confirmed: from now on deliveries to this member are required.
    package mutating func joinConfirmed(_ slot: Int) { self.settle(slot, .joined) }

    /// The member begins to leave: what was sent within the last `horizon` and is not there yet is not owed any more.
    package mutating func leaveBegan(_ slot: Int, now: Instant, horizon: Int64) {
        self.settle(slot, .leaving)
        for index in self.records.indices {
            let record = self.records[index]
            guard record.stream >= 0, record.sent > now + (-horizon), self.sets.isRequired(index, slot),
                !self.sets.isSeen(index, slot)
            else { continue }
            self.sets.setRequired(index, slot, false)
            self.totals.expected -= 1
            self.outstanding -= 1
            self.records[index].remaining -= 1
            if slot != Int(self.streams[Int(record.stream)].sender) { self.records[index].othersRequired -= 1 }
            self.records[index].mayBeGrey = true
            if self.records[index].remaining == 0 { self.lingering.append(Int32(index)) }
        }
    }

    /// The member's connection is gone.
    package mutating func left(_ slot: Int) { self.settle(slot, .absent) }

    private mutating func settle(_ slot: Int, _ new: Membership) {
        let old = self.membership[slot]
        guard old != new else { return }
        self.membership[slot] = new
        self.membershipVersion &+= 1
        if old == .joining || old == .leaving { self.unsettled -= 1 }
        if new == .joining || new == .leaving { self.unsettled += 1 }
        let bit = UInt64(1) << UInt64(slot & 63)
        if old == .joined {
            self.joined[slot >> 6] &= ~bit
            self.joinedCount -= 1
        }
        if new == .joined {
            self.joined[slot >> 6] |= bit
            self.joinedCount += 1
        }
    }

    // MARK: Sends

    /// Starts the numbering of a sender's new instance at 0.
    package mutating func startStream(of sender: Int, instance: UInt16) {
        let old = self.current[sender]
        if old >= 0 {
            let stream = self.streams[Int(old)]
            if stream.isDrained {
                self.streams[Int(old)] = MessageStream(sender: Int32(sender), instance: instance)
                return
            }
            self.former[Self.key(sender, stream.instance)] = old
        }
        let stream = MessageStream(sender: Int32(sender), instance: instance)
        if let reused = self.freeStreams.popLast() {
            self.streams[Int(reused)] = stream
            self.current[sender] = reused
        } else {
            self.current[sender] = Int32(self.streams.count)
            self.streams.append(stream)
        }
    }

    /// The number that the sender's next message gets.
    package func nextNumber(of sender: Int) -> UInt32 { self.streams[Int(self.current[sender])].next }

    /// Enters a message that was just handed to the socket; it gets ``nextNumber(of:)``.
    package mutating func sent(by sender: Int, _ message: OutgoingMessage) {
        let streamIndex = self.current[sender]
        var required = 0
        var others = 0
        let directed = message.target != MessageRecord.everyone
        if directed, self.rule.routesDirected {
            for i in self.scratch.indices { self.scratch[i] = 0 }
            if message.target >= 0, self.membership[Int(message.target)] == .joined, Int(message.target) != sender {
                self.scratch[Int(message.target) >> 6] |= 1 << UInt64(message.target & 63)
                others = 1
            }
        } else {
            for i in self.scratch.indices { self.scratch[i] = self.joined[i] }
            self.scratch[sender >> 6] &= ~(1 << UInt64(sender & 63))
            others = self.joinedCount - (self.membership[sender] == .joined ? 1 : 0)
        }
        required = others
        let echoes = directed ? self.rule.echoesDirected : self.rule.echoesRoom
        if echoes, self.membership[sender] == .joined {
            self.scratch[sender >> 6] |= 1 << UInt64(sender & 63)
            required += 1
        }
        self.totals.expected += UInt64(required)
        self.outstanding += required
        let record = MessageRecord(
            intended: message.intended, sent: message.sent, first: message.sent, description: message.description,
            membership: self.membershipVersion, remaining: Int32(required), othersRequired: Int32(others),
            othersReceived: 0, stream: streamIndex, n: 0, bytes: Int32(clamping: message.bytes),
            target: message.target, kind: message.kind, isLast: message.isLast, mayBeGrey: self.unsettled > 0)
        let index: Int
        if let reused = self.free.popLast() {
            index = Int(reused)
            self.records[index] = record
        } else {
            index = self.records.count
            self.records.append(record)
            self.sets.grow(to: self.records.count)
        }
        self.sets.reset(index, required: self.scratch)
        self.records[index].n = self.streams[Int(streamIndex)].append(Int32(index))
        if required == 0 { self.settleRecord(index) }
    }

    /// A message that had waited for the backend reached the wire.
    ///
    /// - Parameters:
    ///   - sender: its slot.
    ///   - instance: the sender's instance when it was entered.
    ///   - n: its number.
    ///   - now: when it went out; becomes its actual send time.
    /// - Returns: how long it had waited, in nanoseconds; nil when nobody is owed it any more.
    package mutating func wentOut(of sender: Int, instance: UInt16, n: UInt32, at now: Instant) -> Int64? {
        guard let streamIndex = self.stream(sender, instance), let entry = self.streams[streamIndex].record(of: n),
            entry >= 0
        else { return nil }
        let waited = now - self.records[Int(entry)].sent
        self.records[Int(entry)].sent = now
        return waited
    }

    // MARK: Receipts

    /// Judges one receipt of a message of ours at member `receiver`.
    ///
    /// - Parameters:
    ///   - receiver: the slot it arrived at.
    ///   - sender: the slot that its tag names.
    ///   - instance: the sender's instance, from the tag.
    ///   - n: the message's number in its stream, from the tag.
    ///   - verdict: what the filter said.
    ///   - now: when it arrived.
    /// - Returns: its class, and the message's times when it is a first receipt.
    package mutating func receive(
        at receiver: Int, from sender: Int, instance: UInt16, n: UInt32, verdict: FilterVerdict, now: Instant
    ) -> Receipt {
        guard let streamIndex = self.stream(sender, instance) else {
            let known = self.current[sender] >= 0 && instance < self.streams[Int(self.current[sender])].instance
            return known ? self.late(receiver, sender, instance, n) : .stray
        }
        guard let entry = self.streams[streamIndex].record(of: n) else { return .stray }
        guard entry >= 0 else { return self.late(receiver, sender, instance, n) }
        let index = Int(entry)
        guard self.membership[receiver] != .absent else { return .stray }
        guard self.sets.see(index, receiver) else { return .duplicate }

        let isRequired = self.sets.isRequired(index, receiver)
        let isSplit = self.rule.splitsStreams && self.records[index].target != MessageRecord.everyone
        let reordered = self.noteOrder(receiver, isSplit ? self.slots + sender : sender, instance, n)
        if reordered { self.totals.reordered += 1 }
        if !isRequired { self.totals.grey += 1 }
        let isEcho = receiver == sender
        let counts = isRequired && !isEcho
        if counts {
            self.records[index].othersReceived += 1
            if self.records[index].othersReceived == 1 { self.records[index].first = now }
        }
        let record = self.records[index]
        var receipt = Receipt(
            class: isEcho ? .echo : (verdict == .mine ? .useful : .overheard), isGrey: !isRequired,
            isReordered: reordered, ordinal: counts ? record.othersReceived : 0, ordinals: record.othersRequired,
            intended: record.intended, sent: record.sent, first: record.first, description: record.description,
            kind: record.kind, isLast: record.isLast)
        if verdict == .echo, !isEcho { receipt.class = .overheard }
        if isRequired {
            self.outstanding -= 1
            self.records[index].remaining -= 1
            if record.remaining == 1 { self.settleRecord(index) }
        }
        return receipt
    }

    private func stream(_ sender: Int, _ instance: UInt16) -> Int? {
        let index = self.current[sender]
        if index >= 0, self.streams[Int(index)].instance == instance { return Int(index) }
        return self.former[Self.key(sender, instance)].map(Int.init)
    }

    /// A receipt of a message whose record is gone: everybody who was owed it has it.
    private func late(_ receiver: Int, _ sender: Int, _ instance: UInt16, _ n: UInt32) -> Receipt {
        guard self.membership[receiver] != .absent, !self.seen[receiver].isEmpty else { return .stray }
        let seen = self.seen[receiver][sender]
        if instance == seen.floorInstance, n < seen.floor { return .stray }
        return .duplicate
    }

    private mutating func noteOrder(_ receiver: Int, _ stream: Int, _ instance: UInt16, _ n: UInt32) -> Bool {
        if self.seen[receiver].isEmpty { return false }
        let seen = self.seen[receiver][stream]
        if seen.lastInstance == instance, n < seen.last { return true }
        if instance < seen.lastInstance { return true }
        self.seen[receiver][stream].last = n + 1
        self.seen[receiver][stream].lastInstance = instance
        return false
    }

    // MARK: Records

    /// A record with nothing outstanding is freed, or lingers when a grey receipt may still come.
    private mutating func settleRecord(_ index: Int) {
        let record = self.records[index]
        if record.mayBeGrey || record.membership != self.membershipVersion {
            self.lingering.append(Int32(index))
        } else {
            self.release(index)
        }
    }

    private mutating func release(_ index: Int) {
        let record = self.records[index]
        self.streams[Int(record.stream)].release(record.n)
        self.records[index].stream = -1
        self.free.append(Int32(index))
    }

    /// Frees lingering records older than ten seconds; called about once a second.
    package mutating func sweep(now: Instant) {
        let limit = now + (-Self.linger)
        var kept = 0
        for index in self.lingering {
            if self.records[Int(index)].sent < limit {
                self.release(Int(index))
            } else {
                self.lingering[kept] = index
                kept += 1
            }
        }
        self.lingering.removeLast(self.lingering.count - kept)
        for (key, index) in self.former where self.streams[Int(index)].isDrained {
            self.former[key] = nil
            self.freeStreams.append(index)
        }
    }

    /// Visits every message that still owes a required receipt, and counts what it owes as lost.
    package mutating func close(_ visit: (MessageRecord) -> Void) {
        for record in self.records where record.stream >= 0 && record.remaining > 0 {
            self.totals.lost += UInt64(record.remaining)
            visit(record)
        }
    }

    private static func key(_ sender: Int, _ instance: UInt16) -> UInt64 {
        UInt64(sender) << 16 | UInt64(instance)
    }
}
