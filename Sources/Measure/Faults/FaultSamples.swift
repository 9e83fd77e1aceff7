/// One fault of the plan with the windows that a message's intended time falls into.
///
/// Times are nanoseconds since T0. The window before reaches back to the end of the fault before it, the window after on
/// to the next one; what happens once has a window of a second, but is healed at once.
package struct FaultWindows: Equatable, Sendable {
    /// The kind as the profile names it.
    package let kind: String
    /// For people.
    package let name: String
    package let before: Range<Int64>
    package let during: Range<Int64>
    package let after: Range<Int64>
    /// When it is over: the beginning of everything that is called recovery.
    package let healed: Int64

    /// What a fault without a duration has for one.
    package static let moment: Int64 = 1_000_000_000

    /// The windows of a run's faults, in the order of their beginnings.
    ///
    /// - Parameter faults: kind, name, beginning and duration of each, in nanoseconds since T0.
    /// - Returns: one for each.
    package static func windows(
        of faults: [(kind: String, name: String, at: Int64, span: Int64)]
    ) -> [FaultWindows] {
        let sorted = faults.sorted { $0.at < $1.at }
        let windows = sorted.map { $0.at..<$0.at + ($0.span > 0 ? $0.span : Self.moment) }
        return sorted.enumerated().map { index, fault in
            let own = windows[index]
            let from = windows.filter { $0.upperBound <= own.lowerBound }.map(\.upperBound).max() ?? 0
            let until = windows.filter { $0.lowerBound >= own.upperBound }.map(\.lowerBound).min() ?? .max
            return FaultWindows(
                kind: fault.kind, name: fault.name, before: min(from, own.lowerBound)..<own.lowerBound, during: own,
                after: own.upperBound..<until, healed: fault.at + fault.span)
        }
    }
}

/// What was seen of the messages that were due in one window of a fault.
package struct FaultWindowSamples: Equatable, Sendable {
    /// Chatter at every other member, from its intended time.
    package var fanout = LatencyHistogram()
    /// Signaling messages likewise.
    package var signaling = LatencyHistogram()
    /// Required deliveries that never came although their message left.
    package var lost: UInt64 = 0
    /// Required deliveries whose message never left.
    package var unsent: UInt64 = 0

    package init() {}

    package mutating func add(_ other: FaultWindowSamples) {
        self.fanout.add(other.fanout)
        self.signaling.add(other.signaling)
        self.lost += other.lost
        self.unsent += other.unsent
    }
}

/// What one event loop saw before, during and after each fault of the plan; merging is addition.
package struct FaultSamples: Equatable, Sendable {
    /// What was seen of one fault.
    package struct Seen: Equatable, Sendable {
        package let planned: FaultWindows
        package var before = FaultWindowSamples()
        package var during = FaultWindowSamples()
        package var after = FaultWindowSamples()
        /// The first receipt at or after healing, since T0; nil when there was none.
        package var firstDelivery: Int64?
        /// The last receipt after healing of a message that was due before it; nil when there was none.
        package var lastOfBacklog: Int64?

        init(_ planned: FaultWindows) { self.planned = planned }

        /// The window that a message due at a time belongs to.
        fileprivate static func window(
            of planned: FaultWindows, _ due: Int64
        ) -> WritableKeyPath<Seen, FaultWindowSamples>? {
            if planned.during.contains(due) { return \.during }
            if planned.before.contains(due) { return \.before }
            return planned.after.contains(due) ? \.after : nil
        }
    }

    package private(set) var all: [Seen]
    /// Connections begun again, and members that came back, in each tenth of a second since T0.
    package private(set) var attempts = TenthsOfSeconds()
    package private(set) var returns = TenthsOfSeconds()

    /// - Parameter planned: the faults of the plan; none for a run without.
    package init(_ planned: [FaultWindows] = []) { self.all = planned.map(Seen.init) }

    /// Whether there is nothing to be seen.
    @inline(__always)
    package var isEmpty: Bool { self.all.isEmpty }

    /// A first receipt at a member other than the sender.
    ///
    /// - Parameters:
    ///   - due: when its message was due, in nanoseconds since T0.
    ///   - now: when it came.
    ///   - isChatter: whether it is chatter.
    package mutating func received(due: Int64, at now: Int64, isChatter: Bool) {
        for index in self.all.indices {
            let planned = self.all[index].planned
            if now >= planned.healed {
                self.all[index].firstDelivery = min(self.all[index].firstDelivery ?? now, now)
                if due < planned.healed {
                    self.all[index].lastOfBacklog = max(self.all[index].lastOfBacklog ?? now, now)
                }
            }
            guard let window = Seen.window(of: planned, due) else { continue }
            if isChatter {
                self.all[index][keyPath: window].fanout.record(nanoseconds: now - due)
            } else {
                self.all[index][keyPath: window].signaling.record(nanoseconds: now - due)
            }
        }
    }

    /// Required deliveries of a message that never came.
    ///
    /// - Parameters:
    ///   - due: when the message was due, in nanoseconds since T0.
    ///   - count: how many.
    ///   - age: how long they were waited for.
    ///   - isChatter: whether it is chatter.
    ///   - wasSent: whether the message left.
    package mutating func missed(due: Int64, _ count: UInt64, age: Int64, isChatter: Bool, wasSent: Bool) {
        for index in self.all.indices {
            guard let window = Seen.window(of: self.all[index].planned, due) else { continue }
            if isChatter {
                self.all[index][keyPath: window].fanout.censor(count, age: age)
            } else {
                self.all[index][keyPath: window].signaling.censor(count, age: age)
            }
            if wasSent {
                self.all[index][keyPath: window].lost += count
            } else {
                self.all[index][keyPath: window].unsent += count
            }
        }
    }

    /// An agent that had lost its connection begins another.
    package mutating func triedAgain(at now: Int64) {
        if !self.isEmpty { self.attempts.count(at: now) }
    }

    /// One is a member again.
    package mutating func cameBack(at now: Int64) {
        if !self.isEmpty { self.returns.count(at: now) }
    }

    package mutating func add(_ other: FaultSamples) {
        guard !self.isEmpty else {
            self = other
            return
        }
        for (index, seen) in other.all.enumerated() where index < self.all.count {
            self.all[index].before.add(seen.before)
            self.all[index].during.add(seen.during)
            self.all[index].after.add(seen.after)
            self.all[index].firstDelivery = [self.all[index].firstDelivery, seen.firstDelivery].compactMap(\.self).min()
            self.all[index].lastOfBacklog = [self.all[index].lastOfBacklog, seen.lastOfBacklog].compactMap(\.self).max()
        }
        self.attempts.add(other.attempts)
        self.returns.add(other.returns)
    }
}

/// Counts of events by tenths of a second.
package struct TenthsOfSeconds: Equatable, Sendable {
    private var counts: [UInt32] = []
    private static let width: Int64 = 100_000_000
    /// A day, which no run with faults outlasts; later events count into the last tenth.
    private static let limit = 864_000

    package init() {}

    package mutating func count(at time: Int64) {
        let place = min(Int(max(0, time) / Self.width), Self.limit)
        while self.counts.count <= place { self.counts.append(0) }
        self.counts[place] += 1
    }

    package mutating func add(_ other: TenthsOfSeconds) {
        while self.counts.count < other.counts.count { self.counts.append(0) }
        for (place, count) in other.counts.enumerated() { self.counts[place] += count }
    }

    /// Events in the tenths that begin within a window.
    package func sum(in window: Range<Int64>) -> UInt64 {
        self.places(window).reduce(0) { $0 + UInt64(self.counts[$1]) }
    }

    /// The most events in any second, of ten tenths in a row, that begins within a window.
    package func peak(in window: Range<Int64>) -> UInt64 {
        self.places(window).map { first in
            self.counts[first..<min(first + 10, self.counts.count)].reduce(0) { $0 + UInt64($1) }
        }.max() ?? 0
    }

    private func places(_ window: Range<Int64>) -> Range<Int> {
        let first = min(Int(max(0, window.lowerBound) / Self.width), self.counts.count)
        let end = min(Int((max(0, window.upperBound) - 1) / Self.width) + 1, self.counts.count)
        return first..<max(first, end)
    }
}
