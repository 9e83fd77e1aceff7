import Backends
import Measure
import Signaling

/// Watches one loop's unplanned losses of connections, and what they cost.
struct OutageTracker {
    private var outages: [Outage] = []
    private var missing = 0
    private var unsentBefore: UInt64 = 0
    private var origin = Instant(nanoseconds: 0)

    /// Further outages of one loop count into the last one.
    private static let limit = 100

    /// The run begins.
    mutating func start(at origin: Instant) { self.origin = origin }

    /// A member lost its connection.
    mutating func lost(at now: Instant, why: CloseReason, unsent: UInt64) {
        self.missing += 1
        if self.missing == 1, self.outages.count < Self.limit {
            self.unsentBefore = unsent
            self.outages.append(
                Outage(start: self.seconds(now), end: nil, agents: 0, recovered: 0, unsent: 0, lost: 0))
        }
        self.outages[self.outages.count - 1].end = nil
        self.outages[self.outages.count - 1].agents += 1
        self.outages[self.outages.count - 1].add(reason: why.description)
    }

    /// One that had lost its connection is a member again, or left as planned.
    mutating func settled(recovered: Bool, at now: Instant, unsent: UInt64) {
        guard self.missing > 0 else { return }
        self.missing -= 1
        let last = self.outages.count - 1
        if recovered { self.outages[last].recovered += 1 }
        guard self.missing == 0 else { return }
        self.outages[last].end = self.seconds(now)
        self.close(unsent)
    }

    /// Required deliveries of a message never came.
    mutating func missed(_ deliveries: UInt64, sent: Instant) {
        let at = self.seconds(sent)
        let found = self.outages.indices.last {
            at >= self.outages[$0].start - Outage.reach && at <= self.outages[$0].end ?? .infinity
        }
        if let found { self.outages[found].lost += deliveries }
    }

    /// All of them, at the end of the run.
    mutating func take(unsent: UInt64) -> [Outage] {
        if self.missing > 0 { self.close(unsent) }
        return self.outages
    }

    private mutating func close(_ unsent: UInt64) {
        self.outages[self.outages.count - 1].unsent += unsent - self.unsentBefore
        self.unsentBefore = unsent
    }

    private func seconds(_ instant: Instant) -> Double { Double(instant - self.origin) / 1e9 }
}
