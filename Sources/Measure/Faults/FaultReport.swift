package import Signaling

/// One fault of a run with what was measured before, during and after it.
package struct FaultReport: Codable, Equatable, Sendable {
    /// A distribution in milliseconds; percentiles are absent below their least sample counts.
    package struct Latency: Codable, Equatable, Sendable {
        package var samples: UInt64
        /// Of what never came; the percentiles have it above every value.
        package var censored: UInt64
        package var p50, p90, p99, max: Double?
    }

    /// What was due in a window, wherever it came to.
    package struct Window: Codable, Equatable, Sendable {
        /// Seconds since T0.
        package var start: Double
        package var end: Double
        /// First receipts at members other than the sender.
        package var deliveries: UInt64
        /// Required deliveries that never came although their message left; and those whose message never left.
        package var lost: UInt64
        package var unsent: UInt64
        /// Members that were back within it after they had lost their connection.
        package var reconnects: UInt64
        /// Pairs whose first call was due in it, and those of them that became connectable.
        package var pairs: Int
        package var connectable: Int
        /// Chatter, and signaling messages; absent when none was due.
        package var fanout: Latency?
        package var signaling: Latency?
    }

    /// Calls that the fault met: those under way, and those that were up and lost an end's connection to it.
    package struct Calls: Codable, Equatable, Sendable {
        package var met = 0
        /// Became connectable with the connections that they had begun with.
        package var resumed = 0
        /// Became connectable, or so once more, after an end had lost its connection.
        package var restarted = 0
        package var lost = 0

        package init() {}
    }

    package var kind: String
    package var name: String
    /// Seconds since T0.
    package var start: Double
    package var end: Double
    package var before: Window
    package var during: Window
    package var after: Window
    /// Milliseconds from healing to the first delivery; absent when none came.
    package var firstDelivery: Double?
    /// Milliseconds from healing to the last delivery of what was due before; 0 when nothing had waited.
    package var backlog: Double
    /// Milliseconds from healing until deliveries had begun, the backlog was gone and everybody was back; or until the run
    /// ended, see ``recovered``.
    package var recovery: Double
    package var recovered: Bool
    /// The most connections that were begun again in one second, from its beginning to the next fault.
    package var peakReconnects: UInt64
    package var calls: Calls
}

/// Makes the reports of a run's faults, and their metrics, out of the samples.
package struct FaultAssembly: Sendable {
    private let samples: LoopSamples
    private let origin: Instant
    /// Seconds from T0 to the end of the run.
    private let duration: Double
    /// How long a pair may take, in nanoseconds.
    private let timeout: Int64

    /// - Parameters:
    ///   - samples: of all loops, merged.
    ///   - origin: T0.
    ///   - duration: seconds from there to the end of the run.
    ///   - timeout: how long a pair may take, in nanoseconds.
    package init(samples: LoopSamples, origin: Instant, duration: Double, timeout: Int64) {
        self.samples = samples
        self.origin = origin
        self.duration = duration
        self.timeout = timeout
    }

    /// The faults that the run lived to see, in the order of their beginnings.
    package var reports: [FaultReport] {
        self.samples.faults.all.filter { Double($0.planned.during.lowerBound) / 1e9 < self.duration }.map(self.report)
    }

    private func report(_ seen: FaultSamples.Seen) -> FaultReport {
        let planned = seen.planned
        let healed = planned.healed
        let backlog = seen.lastOfBacklog.map { $0 - healed } ?? 0
        let first = seen.firstDelivery.map { $0 - healed }
        let outages = self.samples.outages.filter {
            let start = Int64($0.start * 1e9)
            return start >= planned.during.lowerBound && start < planned.after.upperBound
        }
        let wasOwed =
            seen.after.fanout.total + seen.after.signaling.total + seen.during.fanout.total
            + seen.during.signaling.total > 0
        let recovered = !outages.contains { $0.isForGood || $0.end == nil } && (first != nil || !wasOwed)
        let back = outages.compactMap(\.end).max().map { $0 * 1000 - Double(healed) / 1e6 } ?? 0
        let known = max(0, Double(backlog) / 1e6, Double(first ?? 0) / 1e6, back)
        return FaultReport(
            kind: planned.kind, name: planned.name, start: Double(planned.during.lowerBound) / 1e9,
            end: Double(healed) / 1e9, before: self.window(planned.before, seen.before),
            during: self.window(planned.during, seen.during), after: self.window(planned.after, seen.after),
            firstDelivery: first.map { Double($0) / 1e6 }, backlog: Double(backlog) / 1e6,
            recovery: recovered ? known : max(0, self.duration * 1000 - Double(healed) / 1e6), recovered: recovered,
            peakReconnects: self.samples.faults.attempts.peak(
                in: planned.during.lowerBound..<planned.after.upperBound),
            calls: self.calls(planned))
    }

    private func window(_ window: Range<Int64>, _ samples: FaultWindowSamples) -> FaultReport.Window {
        let end = min(Double(window.upperBound) / 1e9, self.duration)
        let pairs = self.samples.pairs.filter {
            !$0.progress.isCensored && window.contains($0.progress.start - self.origin)
        }
        return FaultReport.Window(
            start: min(Double(window.lowerBound) / 1e9, end), end: end,
            deliveries: samples.fanout.count + samples.signaling.count, lost: samples.lost, unsent: samples.unsent,
            reconnects: self.samples.faults.returns.sum(in: window), pairs: pairs.count,
            connectable: pairs.count { $0.progress.connectableAt != nil }, fanout: Self.latency(samples.fanout),
            signaling: Self.latency(samples.signaling))
    }

    private static func latency(_ histogram: LatencyHistogram) -> FaultReport.Latency? {
        guard histogram.total > 0 else { return nil }
        func value(_ q: Double) -> Double? { histogram.quantile(q).flatMap(\.milliseconds) }
        return .init(
            samples: histogram.count, censored: histogram.total - histogram.count, p50: value(0.5), p90: value(0.9),
            p99: value(0.99), max: histogram.max.map { Double($0) / 1e6 })
    }

    private func calls(_ planned: FaultWindows) -> FaultReport.Calls {
        let reach = planned.during.lowerBound..<planned.after.upperBound
        var calls = FaultReport.Calls()
        for pair in self.samples.pairs.lazy.map(\.progress) where !pair.isCensored {
            let start = pair.start - self.origin
            let connectable = pair.connectableAt.map { $0 - self.origin }
            if let broken = pair.breaks.last(where: { reach.contains($0.at - self.origin) }) {
                calls.met += 1
                if broken.mendedAt != nil { calls.restarted += 1 } else { calls.lost += 1 }
            } else if start < planned.during.upperBound, start + self.timeout > planned.during.lowerBound,
                connectable.map({ $0 > planned.during.lowerBound }) ?? true
            {
                calls.met += 1
                if connectable != nil { calls.resumed += 1 } else { calls.lost += 1 }
            }
        }
        return calls
    }
}
