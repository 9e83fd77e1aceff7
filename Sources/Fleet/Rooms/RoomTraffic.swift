import Backends
import Measure
import Signaling

/// The times of a run that a sample's meaning depends on.
struct RunWindow {
    /// T0.
    var origin = Instant(nanoseconds: 0)
    /// The measured window, in nanoseconds since T0, by intended time.
    var steady: Range<Int64> = 0..<0

    /// Nanoseconds since T0.
    func time(_ instant: Instant) -> Int64 { instant - self.origin }

    func isSteady(_ intended: Instant) -> Bool { self.steady.contains(intended - self.origin) }
}

/// What one room said and heard: its ledger, and what of each send and receipt goes into the loop's samples.
struct RoomTraffic {
    private var ledger: RoomLedger
    /// Whether a message to one member goes to it alone.
    private let routesDirected: Bool
    /// When others first spoke to the room, goodbyes excluded, since each slot had its present member; and the slots that
    /// wait for that.
    private var spokenAt: [Instant?]
    private var silent: [Int] = []

    /// A message that leaves this much after it was due counts as late; it is also the floor of the validity limit.
    private static let lateAfter: Int64 = 5_000_000

    init(slots: Int, rule: DeliveryRule, planted: PlantedDefect?) {
        self.ledger = RoomLedger(slots: slots, rule: rule, planted: planted)
        self.routesDirected = rule.routesDirected
        self.spokenAt = Array(repeating: nil, count: slots)
    }

    /// From now on it matters whether others speak to the room.
    mutating func listens(_ slot: Int) {
        self.spokenAt[slot] = nil
        if !self.silent.contains(slot) { self.silent.append(slot) }
    }

    /// Whether others spoke to the room, so long ago that a member would have heard it.
    func wasSpoken(to slot: Int, before moment: Instant) -> Bool { self.spokenAt[slot].map { $0 < moment } ?? false }

    // MARK: Members

    mutating func joinBegan(_ slot: Int) { self.ledger.joinBegan(slot) }
    mutating func joinConfirmed(_ slot: Int) { self.ledger.joinConfirmed(slot) }
    mutating func startStream(of slot: Int, instance: UInt32) {
        self.ledger.startStream(of: slot, instance: instance)
    }
    /// A member begins to leave; a broadcast of which it was the last receiver wanted has no last one.
    mutating func leaveBegan(
        _ slot: Int, at now: Instant, horizon: Int64, in window: RunWindow, into samples: inout LoopSamples
    ) {
        let routed = self.routesDirected
        self.ledger.leaveBegan(slot, now: now, horizon: horizon) { record in
            guard let probes = Self.fanout(record.kind, record.target, record.intended, in: window, routed) else {
                return
            }
            samples.censor(probes.last, 1, age: now - record.intended)
            samples.censor(probes.skew, 1, age: now - record.intended)
        }
    }
    mutating func left(_ slot: Int) { self.ledger.left(slot) }

    // MARK: Sends

    /// The number that the sender's next message gets.
    func nextNumber(of slot: Int) -> UInt32 { self.ledger.nextNumber(of: slot) }

    /// Enters a message that was handed to the socket.
    mutating func sent(
        by slot: Int, _ message: OutgoingMessage, in window: RunWindow, into samples: inout LoopSamples
    ) {
        self.ledger.sent(by: slot, message)
        if message.target == MessageRecord.everyone, message.kind != .bye {
            self.silent.removeAll { other in
                guard other != slot else { return false }
                self.spokenAt[other] = message.sent
                return true
            }
        }
        if message.kind == .chatter {
            samples.chatter.sent += 1
            samples.chatter.sentBytes += UInt64(message.bytes)
        } else {
            samples.signaling.sent += 1
            samples.signaling.sentBytes += UInt64(message.bytes)
        }
        let lateness = message.sent - message.intended
        samples.record(window.isSteady(message.intended) ? .sendLateness : .sendLatenessOutside, max(0, lateness))
        if lateness > Self.lateAfter { samples.session.late += 1 }
    }

    /// A message that was due does not leave: everybody who would have been owed it is censored from its time.
    mutating func unsent(
        by slot: Int, _ kind: SignalKind, to target: Int32, due: Instant, _ reason: UnsentReason, at now: Instant,
        in window: RunWindow, into samples: inout LoopSamples
    ) {
        samples.session.countUnsent(reason)
        let missing = self.ledger.unsent(by: slot, target: target)
        Self.censor(
            kind, target, intended: due, missing: UInt64(missing), received: 0, required: missing, at: now, in: window,
            self.routesDirected, wasSent: false, into: &samples)
    }

    /// A send that had waited for the backend reached the wire.
    mutating func wentOut(
        of slot: Int, instance: UInt32, n: UInt32, at now: Instant, into samples: inout LoopSamples
    ) {
        if let waited = self.ledger.wentOut(of: slot, instance: instance, n: n, at: now) {
            samples.record(.sessionBackpressure, waited)
        }
    }

    // MARK: Receipts

    /// Judges, counts and times one receipt of a message of this room's.
    @inline(__always)
    mutating func received(
        _ head: SignalHead, _ tag: Tag, at slot: Int, from sender: Int, now: Instant, in window: RunWindow,
        into samples: inout LoopSamples, interval: inout IntervalCounters
    ) -> Receipt {
        var receipt = self.ledger.receive(
            at: slot, from: sender, instance: tag.instance, n: tag.n, verdict: head.verdict, now: now)
        Self.count(receipt, head, into: &samples)
        if receipt.isToForeign { samples.toForeign.count(receipt.class, bytes: head.bytes) }
        guard receipt.isTimed else {
            if receipt.isOverdue, let kind = head.kind { receipt.kind = kind }
            return receipt
        }
        let latency = now - receipt.intended
        samples.record(Probe.delivery(receipt.kind), latency)
        if !samples.faults.isEmpty {
            samples.faults.received(
                due: window.time(receipt.intended), at: window.time(now), isChatter: receipt.kind == .chatter)
        }
        if case .chatter = receipt.kind {
            interval.fanout.record(nanoseconds: latency)
            if window.isSteady(receipt.intended) { Self.fanout(receipt, latency, at: now, into: &samples) }
        } else if !self.routesDirected || receipt.isRoomWide {
            interval.signaling.record(nanoseconds: latency)
            Self.broadcast(receipt, latency, at: now, .signaling, into: &samples)
        }
        return receipt
    }

    /// Counts a receipt by its class, bytes included.
    @inline(__always)
    static func count(_ receipt: Receipt, _ head: SignalHead, into samples: inout LoopSamples) {
        if case .chatter? = head.kind {
            samples.chatter.count(receipt.class, bytes: head.bytes)
        } else {
            samples.signaling.count(receipt.class, bytes: head.bytes)
        }
    }

    /// Times one receipt of a room-wide probe by another member.
    @inline(__always)
    private static func fanout(_ receipt: Receipt, _ latency: Int64, at now: Instant, into samples: inout LoopSamples) {
        samples.record(.fanout, latency)
        samples.record(.fanoutUncorrected, now - receipt.sent)
        Self.broadcast(receipt, latency, at: now, .chatter, into: &samples)
    }

    /// Times the first, the median and the last receiver of a broadcast.
    @inline(__always)
    private static func broadcast(
        _ receipt: Receipt, _ latency: Int64, at now: Instant, _ probes: BroadcastProbes,
        into samples: inout LoopSamples
    ) {
        guard receipt.ordinal > 0 else { return }
        if receipt.ordinal == 1 { samples.record(probes.first, latency) }
        if receipt.ordinal == (receipt.ordinals + 1) / 2 { samples.record(probes.median, latency) }
        if receipt.ordinal == receipt.ordinals {
            samples.record(probes.last, latency)
            samples.record(probes.skew, now - receipt.first)
        }
    }

    /// Where the first, median and last receivers of a message are recorded; nil when it is no broadcast that counts.
    ///
    /// Of chatter what was due in steady; of signaling all that everybody in the room gets.
    private static func fanout(
        _ kind: SignalKind, _ target: Int32, _ intended: Instant, in window: RunWindow, _ routed: Bool
    ) -> BroadcastProbes? {
        if kind == .chatter { return window.isSteady(intended) ? .chatter : nil }
        return !routed || target == MessageRecord.everyone ? .signaling : nil
    }

    // MARK: Upkeep

    /// Required receipts outstanding.
    var outstanding: Int { self.ledger.outstanding }

    /// Frees what lingers and gives up what is long overdue; called about once a second.
    mutating func sweep(
        at now: Instant, in window: RunWindow, into samples: inout LoopSamples, outages: inout OutageTracker
    ) {
        let routed = self.routesDirected
        self.ledger.sweep(now: now) { record in
            outages.missed(UInt64(max(0, record.remaining)), sent: record.sent)
            Self.censor(record, at: now, in: window, routed, into: &samples)
        }
    }

    /// Ends the room's account: what never came goes to the far end of its distributions.
    mutating func close(
        at now: Instant, in window: RunWindow, into samples: inout LoopSamples, outages: inout OutageTracker
    ) {
        let routed = self.routesDirected
        self.ledger.close { record in
            if record.isQueued {
                Self.neverLeft(record, into: &samples)
            } else {
                outages.missed(UInt64(max(0, record.remaining)), sent: record.sent)
            }
            Self.censor(record, at: now, in: window, routed, into: &samples)
        }
        samples.ledger.add(self.ledger.totals)
    }

    /// A message that was taken for sent waited in a queue of ours to the end.
    private static func neverLeft(_ record: MessageRecord, into samples: inout LoopSamples) {
        samples.session.countUnsent(.backpressure)
        let group: WritableKeyPath<LoopSamples, TrafficCounters> = record.kind == .chatter ? \.chatter : \.signaling
        samples[keyPath: group].sent -= 1
        samples[keyPath: group].sentBytes -= UInt64(record.bytes)
    }

    private static func censor(
        _ record: MessageRecord, at now: Instant, in window: RunWindow, _ routed: Bool, into samples: inout LoopSamples
    ) {
        Self.censor(
            record.kind, record.target, intended: record.intended, missing: record.othersMissing,
            received: Int(record.othersReceived), required: Int(record.othersRequired), at: now, in: window, routed,
            wasSent: !record.isQueued, into: &samples)
    }

    /// Places what a message still owes at the far end of its distributions, with its age.
    private static func censor(
        _ kind: SignalKind, _ target: Int32, intended: Instant, missing: UInt64, received: Int, required: Int,
        at now: Instant,
        in window: RunWindow, _ routed: Bool, wasSent: Bool, into samples: inout LoopSamples
    ) {
        guard missing > 0 else { return }
        let age = now - intended
        if !samples.faults.isEmpty {
            samples.faults.missed(
                due: window.time(intended), missing, age: age, isChatter: kind == .chatter, wasSent: wasSent)
        }
        samples.censor(Probe.delivery(kind), missing, age: age)
        guard let probes = Self.fanout(kind, target, intended, in: window, routed) else { return }
        if kind == .chatter {
            samples.censor(.fanout, missing, age: age)
            samples.censor(.fanoutUncorrected, missing, age: age)
        }
        samples.censor(probes.last, 1, age: age)
        samples.censor(probes.skew, 1, age: age)
        if received < (required + 1) / 2 { samples.censor(probes.median, 1, age: age) }
        if received == 0 { samples.censor(probes.first, 1, age: age) }
    }
}

/// Where the receivers of one broadcast are timed.
private struct BroadcastProbes {
    let first: Probe
    let median: Probe
    let last: Probe
    let skew: Probe

    static let chatter = BroadcastProbes(
        first: .fanoutFirst, median: .fanoutMedian, last: .fanoutLast, skew: .fanoutSkew)
    static let signaling = BroadcastProbes(
        first: .signalingFirst, median: .signalingMedian, last: .signalingLast, skew: .signalingSkew)
}
