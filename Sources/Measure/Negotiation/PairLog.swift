package import Signaling

/// The pairs of one event loop and a bounded log of their steps.
package struct PairLog: Sendable {
    package private(set) var pairs: [PairProgress] = []
    package private(set) var events: [PairEvent] = []
    /// Steps not logged because the bound was reached.
    package private(set) var eventsDropped: UInt64 = 0
    private var index: [UInt64: Int32] = [:]

    /// How many steps one loop keeps; about 6 MB.
    private static let eventLimit = 200_000

    package init() {}

    package mutating func reserve(_ count: Int) {
        self.pairs.reserveCapacity(count)
        self.index.reserveCapacity(count)
    }

    package mutating func add(_ pair: PairProgress) {
        self.index[Self.key(pair.sessionA, pair.sessionB)] = Int32(self.pairs.count)
        self.pairs.append(pair)
    }

    /// The index of the pair of two planned sessions, or nil when the plan has no call between them.
    package func find(_ a: Int32, _ b: Int32) -> Int? {
        self.index[a < b ? Self.key(a, b) : Self.key(b, a)].map(Int.init)
    }

    package subscript(pair: Int) -> PairProgress {
        get { self.pairs[pair] }
        _modify { yield &self.pairs[pair] }
    }

    /// Notes a step, and enters it in the log while there is room.
    package mutating func note(
        _ pair: Int, _ step: PairStep = [], kind: SignalKind, _ note: PairEvent.Note, by session: Int32, at now: Instant
    ) {
        self.pairs[pair].steps.formUnion(step)
        if self.pairs[pair].beganAt == nil { self.pairs[pair].beganAt = now }
        guard self.events.count < Self.eventLimit else {
            self.eventsDropped += 1
            return
        }
        self.events.append(
            PairEvent(at: now, session: session, previous: self.pairs[pair].lastEvent, kind: kind, note: note))
        self.pairs[pair].lastEvent = Int32(self.events.count - 1)
    }

    /// The logged steps of a pair, oldest first.
    package func history(of pair: PairProgress) -> [PairEvent] {
        var history: [PairEvent] = []
        var at = pair.lastEvent
        while at >= 0 {
            history.append(self.events[Int(at)])
            at = self.events[Int(at)].previous
        }
        return history.reversed()
    }

    private static func key(_ a: Int32, _ b: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
    }
}
