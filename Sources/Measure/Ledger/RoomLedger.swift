package import Signaling

/// Who was owed what in one room, and what came: the delivery ledger.
///
/// A delivery is *required* only if the receiver's join was confirmed before the send and it had not begun to leave;
/// *forbidden* if it could not be a member at any time; else *optional* (`signaling.md`). Confined to the event loop
/// that the room lives on.
///
/// Memory follows what is in flight, not the run: a record is freed with its last required receipt, unless somebody was
/// or is on the way in or out, in which case it lingers until ``sweep(now:giveUp:)``; one that still owes something when
/// it is old shrinks to one bit for each receiver that is owed it.
package struct RoomLedger: Sendable {
    /// How the backend delivers.
    package let rule: DeliveryRule
    package private(set) var totals = LedgerTotals()
    /// Required receipts outstanding over all messages.
    package private(set) var outstanding: Int = 0

    private enum Membership: UInt8 { case absent, joining, joined, leaving }

    private let slots: Int
    private var membership: [Membership]
    private var membershipVersion: UInt32 = 0
    private var unsettled = 0
    private var joined: [UInt64]
    private var joinedCount = 0
    /// Joins that began so far, and by slot how many had when its own did.
    private var epoch: UInt32 = 0
    private var joinEpoch: [UInt32]
    private var streams: RoomStreams
    private var marks: OrderMarks
    private var records: [MessageRecord] = []
    private var free: [Int32] = []
    private var lingering: [Int32] = []
    /// The ends of the list of young records that owe something.
    private var oldest: Int32 = -1
    private var newest: Int32 = -1
    /// Of `outstanding`, those whose records were given up.
    private var givenUp: UInt64 = 0
    private var sets: SlotSets
    private var scratch: [UInt64]

    /// How long a fully received message is remembered when an optional receipt may still come, in nanoseconds.
    private static let linger: Int64 = 10_000_000_000
    /// How long a message is waited for with its times, in nanoseconds.
    private let patience: Int64
    private let planted: PlantedDefect?

    /// An empty room.
    ///
    /// - Parameters:
    ///   - slots: how many members the room is planned to have.
    ///   - rule: whom the backend owes what.
    ///   - patience: how old a message is whose record is given up, in nanoseconds; more than the horizon of leaves.
    ///   - planted: a test's defect.
    package init(
        slots: Int, rule: DeliveryRule, patience: Int64 = 30_000_000_000, planted: PlantedDefect? = nil
    ) {
        self.planted = planted
        self.slots = slots
        self.rule = rule
        self.patience = patience
        self.membership = Array(repeating: .absent, count: slots)
        self.sets = SlotSets(slots: slots)
        self.joined = Array(repeating: 0, count: self.sets.words)
        self.scratch = self.joined
        self.joinEpoch = Array(repeating: 0, count: slots)
        self.streams = RoomStreams(senders: slots)
        self.marks = OrderMarks(width: rule.splitsStreams ? 2 * slots : slots)
    }

    /// Bytes that its tables take, for tests of what it costs.
    package var footprint: Int {
        self.records.capacity * MemoryLayout<MessageRecord>.stride + self.sets.bytes + self.marks.bytes
            + self.streams.bytes + self.slots * (MemoryLayout<UInt32>.stride + 1) + 2 * self.joined.count * 8
            + (self.free.capacity + self.lingering.capacity) * 4
    }

    // MARK: Membership

    /// Whether the member's join was confirmed and it has not begun to leave.
    package func isJoined(_ slot: Int) -> Bool { self.membership[slot] == .joined }

    /// Members whose join was confirmed.
    package var members: Int { self.joinedCount }

    /// The join was asked for: from now on deliveries to this member are allowed.
    package mutating func joinBegan(_ slot: Int) {
        self.settle(slot, .joining)
        self.epoch += 1
        self.joinEpoch[slot] = self.epoch
    }

    /// The join was confirmed: from now on deliveries to this member are required.
    package mutating func joinConfirmed(_ slot: Int) { self.settle(slot, .joined) }

    /// The member begins to leave: what was sent within the last `horizon` and is not there yet is excused.
    ///
    /// - Parameters:
    ///   - slot: the member.
    ///   - now: when it leaves.
    ///   - horizon: in nanoseconds, see ``LeaveHorizon``.
    ///   - cutShort: gets each message of which this was the last receipt by another member that was wanted, so that
    ///     its last receiver will never be known.
    package mutating func leaveBegan(
        _ slot: Int, now: Instant, horizon: Int64, cutShort: (MessageRecord) -> Void = { _ in }
    ) {
        self.settle(slot, .leaving)
        var at = self.newest
        while at >= 0 {
            let index = Int(at)
            at = self.records[index].older
            guard self.records[index].sent > now + (-horizon), self.sets.isRequired(index, slot),
                !self.sets.isSeen(index, slot)
            else { continue }
            self.sets.clearRequired(index, slot)
            if self.planted != .excusesInSilence { self.totals.excused += 1 }
            self.outstanding -= 1
            self.records[index].remaining -= 1
            self.records[index].mayBeOptional = true
            if slot != Int(self.streams.all[Int(self.records[index].stream)].sender) {
                self.records[index].othersRequired -= 1
                if self.records[index].othersMissing == 0 { cutShort(self.records[index]) }
            }
            if self.records[index].remaining == 0 { self.settleRecord(index) }
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
    package mutating func startStream(of sender: Int, instance: UInt32) {
        self.marks.release(self.streams.start(sender, instance: instance))
    }

    /// The number that the sender's next message gets.
    package func nextNumber(of sender: Int) -> UInt32 {
        let stream = self.streams.current(of: sender)
        return stream >= 0 ? self.streams.all[stream].next : 0
    }

    /// Enters a message that was just handed to the socket; it gets ``nextNumber(of:)``.
    package mutating func sent(by sender: Int, _ message: OutgoingMessage) {
        let stream = self.streams.current(of: sender)
        guard stream >= 0 else { return }
        let (required, others) = self.require(sender, message.target)
        self.totals.expected += UInt64(required)
        self.outstanding += required
        let record = MessageRecord(
            intended: message.intended, sent: message.sent, first: message.sent, description: message.description,
            membership: self.membershipVersion, remaining: Int32(required), othersRequired: Int32(others),
            othersReceived: 0, stream: Int32(stream), n: 0, bytes: Int32(clamping: message.bytes),
            target: message.target, kind: message.kind, isLast: message.isLast, isQueued: message.isQueued,
            mayBeOptional: self.unsettled > 0)
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
        self.records[index].n = self.streams.append(Int32(index), to: stream, epoch: self.epoch)
        self.mark(stream, sender)
        if required == 0 { self.settleRecord(index) } else { self.link(index) }
    }

    /// Enters a message that was due and never left: whoever would have been owed it does not get it.
    ///
    /// - Parameters:
    ///   - sender: its slot.
    ///   - target: slot, ``MessageRecord/everyone`` or ``MessageRecord/foreignPeer``.
    /// - Returns: how many members other than the sender it was owed to, each of which is to be censored from the
    ///   message's intended time.
    package mutating func unsent(by sender: Int, target: Int32) -> Int {
        let (required, others) = self.require(sender, target)
        self.totals.expected += UInt64(required)
        self.totals.unsent += UInt64(required)
        return others
    }

    /// Who is owed a message that is sent now: fills `scratch`.
    private mutating func require(_ sender: Int, _ target: Int32) -> (required: Int, others: Int) {
        var others = 0
        let directed = target != MessageRecord.everyone
        if directed, self.rule.routesDirected {
            for i in self.scratch.indices { self.scratch[i] = 0 }
            if target >= 0, self.membership[Int(target)] == .joined, Int(target) != sender {
                self.scratch[Int(target) >> 6] |= 1 << UInt64(target & 63)
                others = 1
            }
        } else {
            for i in self.scratch.indices { self.scratch[i] = self.joined[i] }
            self.scratch[sender >> 6] &= ~(1 << UInt64(sender & 63))
            others = self.joinedCount - (self.membership[sender] == .joined ? 1 : 0)
        }
        let echoes = directed ? self.rule.echoesDirected : self.rule.echoesRoom
        guard echoes, self.membership[sender] == .joined else { return (others, others) }
        self.scratch[sender >> 6] |= 1 << UInt64(sender & 63)
        return (others + 1, others)
    }

    /// From the second message under way on, a stream notes what each receiver saw last.
    private mutating func mark(_ stream: Int, _ sender: Int) {
        let current = self.streams.all[stream]
        guard current.marks < 0, current.span > 1 || self.streams.hasFormer(sender) else { return }
        let marks = self.marks.take()
        self.streams.setMarks(marks, of: stream)
        guard current.span > 1 else { return }
        for n in current.next - current.span..<current.next - 1 {
            guard let index = current.record(of: n), index >= 0 else { continue }
            let offset = self.isSplit(Int(index)) ? self.slots : 0
            self.sets.forEach(Int(index), seen: true) { _ = self.marks.note(marks, $0 + offset, n) }
        }
    }

    private func isSplit(_ index: Int) -> Bool {
        self.rule.splitsStreams && self.records[index].target != MessageRecord.everyone
    }

    /// A message that had waited for the backend reached the wire.
    ///
    /// - Parameters:
    ///   - sender: its slot.
    ///   - instance: the sender's instance when it was entered.
    ///   - n: its number.
    ///   - now: when it went out; becomes its actual send time.
    /// - Returns: how long it had waited, in nanoseconds; nil when nobody is owed it any more.
    package mutating func wentOut(of sender: Int, instance: UInt32, n: UInt32, at now: Instant) -> Int64? {
        guard let stream = self.streams.find(sender, instance: instance),
            let entry = self.streams.all[stream].record(of: n), entry >= 0
        else { return nil }
        let waited = now - self.records[Int(entry)].sent
        self.records[Int(entry)].sent = now
        self.records[Int(entry)].isQueued = false
        return waited
    }

    // MARK: Receipts

    /// Judges one receipt of a message of ours at member `receiver`.
    ///
    /// - Parameters:
    ///   - receiver: the slot it arrived at.
    ///   - sender: the slot that its tag names.
    ///   - instance: the sender's instance as it stands in the tag, modulo ``Tag/instanceLimit``.
    ///   - n: the message's number in its stream, from the tag.
    ///   - verdict: what the filter said.
    ///   - now: when it arrived.
    /// - Returns: its class, and the message's times when it is a first receipt.
    package mutating func receive(
        at receiver: Int, from sender: Int, instance: UInt16, n: UInt32, verdict: FilterVerdict, now: Instant
    ) -> Receipt {
        guard let stream = self.streams.find(sender, tagged: instance, n: n) else {
            return self.unknown(receiver, sender, instance)
        }
        guard let entry = self.streams.all[stream].record(of: n), entry >= 0 else {
            return self.late(receiver, sender, stream, n, verdict)
        }
        let index = Int(entry)
        guard self.membership[receiver] != .absent else { return .misrouted }
        guard let isRequired = self.sets.see(index, receiver) else { return .duplicate }

        let reordered = self.noteOrder(receiver, index, stream, sender, n)
        if reordered { self.totals.reordered += 1 }
        if !isRequired { self.totals.optional += 1 }
        let isEcho = receiver == sender
        let counts = isRequired && !isEcho
        let record = self.records[index].received(counts: counts, isRequired: isRequired, at: now)
        let receipt = Receipt(
            class: Self.classify(verdict, isEcho: isEcho), isOptional: !isRequired,
            instance: self.streams.all[stream].instance, isReordered: reordered,
            ordinal: counts ? record.othersReceived : 0, ordinals: record.othersRequired,
            intended: record.intended, sent: record.sent, first: record.first, description: record.description,
            kind: record.kind, isLast: record.isLast, isRoomWide: record.target == MessageRecord.everyone,
            isToForeign: record.target == MessageRecord.foreignPeer)
        if isRequired {
            self.outstanding -= 1
            self.totals.delivered += 1
            if record.remaining == 0 { self.settleRecord(index) }
        }
        return receipt
    }

    @inline(__always)
    private static func classify(_ verdict: FilterVerdict, isEcho: Bool) -> ReceiptClass {
        if isEcho { return .echo }
        if case .mine = verdict { return .useful }
        return .overheard
    }

    @inline(__always)
    private mutating func noteOrder(
        _ receiver: Int, _ index: Int, _ stream: Int, _ sender: Int, _ n: UInt32
    ) -> Bool {
        let place = self.isSplit(index) ? self.slots + receiver : receiver
        let marks = self.streams.all[stream].marks
        let isOvertaken = marks >= 0 && self.marks.note(marks, place, n)
        if self.streams.current(of: sender) == stream { return isOvertaken }
        return self.streams.any(after: stream) { $0 >= 0 && self.marks.saw($0, place) } || isOvertaken
    }

    /// A receipt of a message whose record is gone: everybody who was owed it has it, or it is overdue.
    private mutating func late(
        _ receiver: Int, _ sender: Int, _ stream: Int, _ n: UInt32, _ verdict: FilterVerdict
    ) -> Receipt {
        guard self.membership[receiver] != .absent else { return .misrouted }
        if self.givenUp > 0, self.streams.takeOverdue(n, at: receiver, of: stream) {
            self.givenUp -= 1
            self.outstanding -= 1
            self.totals.delivered += 1
            self.totals.overdue += 1
            let marks = self.streams.all[stream].marks
            let isOvertaken = marks >= 0 && self.marks.note(marks, receiver, n)
            if isOvertaken { self.totals.reordered += 1 }
            return .overdue(
                Self.classify(verdict, isEcho: receiver == sender), instance: self.streams.all[stream].instance,
                isReordered: isOvertaken)
        }
        return self.streams.all[stream].epoch(of: n) < self.joinEpoch[receiver] ? .misrouted : .duplicate
    }

    /// A receipt of a message that no known stream has: of a forgotten one, or never sent.
    private func unknown(_ receiver: Int, _ sender: Int, _ instance: UInt16) -> Receipt {
        guard self.membership[receiver] != .absent,
            let epoch = self.streams.forgottenEpoch(sender, tagged: instance)
        else { return .misrouted }
        return epoch < self.joinEpoch[receiver] ? .misrouted : .duplicate
    }

    // MARK: Records

    /// A record with nothing outstanding is freed, or lingers when an optional receipt may still come.
    private mutating func settleRecord(_ index: Int) {
        self.unlink(index)
        if self.records[index].mayBeOptional || self.records[index].membership != self.membershipVersion {
            self.lingering.append(Int32(index))
        } else {
            self.release(index)
        }
    }

    private mutating func link(_ index: Int) {
        self.records[index].isLinked = true
        self.records[index].older = self.newest
        self.records[index].newer = -1
        if self.newest >= 0 { self.records[Int(self.newest)].newer = Int32(index) } else { self.oldest = Int32(index) }
        self.newest = Int32(index)
    }

    private mutating func unlink(_ index: Int) {
        guard self.records[index].isLinked else { return }
        let (older, newer) = (self.records[index].older, self.records[index].newer)
        self.records[index].isLinked = false
        if older >= 0 { self.records[Int(older)].newer = newer } else { self.oldest = newer }
        if newer >= 0 { self.records[Int(newer)].older = older } else { self.newest = older }
    }

    private mutating func release(_ index: Int) {
        let stream = Int(self.records[index].stream)
        self.streams.release(self.records[index].n, of: stream)
        self.records[index].stream = -1
        self.free.append(Int32(index))
        let marks = self.streams.all[stream].marks
        guard marks >= 0, self.streams.all[stream].isDrained,
            !self.streams.hasFormer(Int(self.streams.all[stream].sender))
        else { return }
        self.marks.release(marks)
        self.streams.setMarks(-1, of: stream)
    }

    /// Frees what is old; called about once a second.
    ///
    /// Lingering records are freed after ten seconds. One that still owes something after the room's patience is given
    /// up: it shrinks to a bit for each receiver that is owed it, a late receipt is still judged right, and only its
    /// time is not known. A message whose addressee waits for it is kept whole, because the addressee would act on it.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - giveUp: gets each record that is given up, to be censored with its age so far.
    package mutating func sweep(now: Instant, giveUp: (MessageRecord) -> Void) {
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
        let overdue = now + (-self.patience)
        while self.oldest >= 0, self.records[Int(self.oldest)].sent < overdue {
            let index = Int(self.oldest)
            self.unlink(index)
            let record = self.records[index]
            // One that has not left may still do so.
            if record.isQueued { continue }
            if record.target >= 0, self.sets.isRequired(index, Int(record.target)),
                !self.sets.isSeen(index, Int(record.target))
            {
                continue
            }
            giveUp(record)
            self.givenUp += UInt64(record.remaining)
            self.sets.forEach(index, seen: false) {
                self.streams.addOverdue(record.n, at: $0, of: Int(record.stream))
            }
            self.release(index)
        }
        self.streams.sweep { self.marks.release($0) }
    }

    /// Counts what is owed as lost, or as unsent where the message never left a queue of ours, and visits every message
    /// that still owes a required receipt and was not given up, or never left.
    package mutating func close(_ visit: (MessageRecord) -> Void) {
        self.totals.lost += self.givenUp
        for record in self.records where record.stream >= 0 && (record.remaining > 0 || record.isQueued) {
            let owed = UInt64(max(0, record.remaining))
            if record.isQueued { self.totals.unsent += owed } else { self.totals.lost += owed }
            visit(record)
        }
    }
}
