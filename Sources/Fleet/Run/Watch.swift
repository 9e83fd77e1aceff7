import Backends
import Measure
import Signaling
import Workload

/// The clock side of a run: phases, snapshots, the end of the drain and the loss of the backend.
struct Watch {
    private let configuration: CellConfiguration
    private let origin: Instant
    private let requested: Int
    private var lastSnapshot: Instant
    private var lastThreadTime: [Int64] = []
    /// When the busiest loop's share is counted from, and what the loops had used by then.
    private var measuredFrom: (at: Instant, used: [Int64])?
    /// Share of a core that the busiest loop used over steady, as far as it has come; before it, over the run so far.
    private(set) var busiestLoop = 0.0
    private var everConnected = 0
    private var aloneSince: Instant?
    /// How long the plan wanted somebody since then, and nobody was there.
    private var alone: Int64 = 0
    /// When everything owed was in for the first time, and has been since.
    private var settledSince: Instant?
    /// Set once every agent has been without a connection for too long.
    private(set) var lost: FleetOutcome.Ending?

    private static let second: Int64 = 1_000_000_000
    /// How long everybody may be gone before the backend counts as lost: reconnecting agents get so much time.
    private static let reconnectTime: Int64 = 10 * second

    init(configuration: CellConfiguration, origin: Instant) {
        self.configuration = configuration
        self.origin = origin
        self.requested = configuration.plan.agents(of: configuration.shard)
        self.lastSnapshot = origin
    }

    func seconds(_ instant: Instant) -> Double { Double(instant - self.origin) / 1e9 }

    /// Merges the loops' snapshots into one, and looks whether anybody is still there.
    mutating func take(_ cells: [CellSnapshot], at now: Instant) -> FleetSnapshot {
        let interval = Double(now - self.lastSnapshot) / 1e9
        var sum = CellSnapshot()
        var busiest = 0.0
        for (index, cell) in cells.enumerated() {
            sum.add(cell)
            let before = index < self.lastThreadTime.count ? self.lastThreadTime[index] : 0
            if interval > 0.01 { busiest = max(busiest, Double(cell.threadTime - before) / 1e9 / interval) }
        }
        self.lastThreadTime = cells.map(\.threadTime)
        self.noteUse(self.lastThreadTime, at: now)
        self.lastSnapshot = now
        self.everConnected = max(self.everConnected, sum.peakConnected)
        self.noticeLoss(sum, interval: interval, at: now)
        return FleetSnapshot(
            elapsed: self.seconds(now), interval: interval, phase: self.phase(at: now),
            requested: self.requested, connected: sum.connected,
            connects: sum.connects, sent: sum.sent, deliveries: sum.deliveries, useful: sum.useful,
            offered: sum.offered, pairsExpected: sum.pairsExpected, pairsNegotiated: sum.pairsNegotiated,
            pairsConnectable: sum.pairsConnectable, fanout: sum.fanout, signaling: sum.signaling,
            loopLag: Double(sum.loopLag) / 1e6, busiestLoop: busiest,
            planEnd: Double(self.configuration.plan.phases.drainLimit) / 1e9)
    }

    private mutating func noteUse(_ used: [Int64], at now: Instant) {
        let phases = self.configuration.plan.phases
        let isSteady = phases.steadyEnd - phases.steadyStart >= 2 * Self.second
        let t = now - self.origin
        if isSteady, t >= phases.steadyStart, t <= phases.steadyEnd + Self.second {
            if let from = self.measuredFrom, from.at - self.origin >= phases.steadyStart {
                self.busiestLoop = Self.share(from.used, used, now - from.at)
            } else {
                self.measuredFrom = (now, used)
            }
        } else if t < phases.steadyStart || !isSteady {
            let from = self.measuredFrom ?? (self.origin, used.map { _ in 0 })
            self.measuredFrom = from
            self.busiestLoop = Self.share(from.used, used, now - from.at)
        }
    }

    private static func share(_ before: [Int64], _ after: [Int64], _ wall: Int64) -> Double {
        guard wall > 10_000_000 else { return 0 }
        return zip(before, after).map { Double($1 - $0) / Double(wall) }.max() ?? 0
    }

    /// Notices that nobody was a member for a whole interval although the plan wanted somebody all the time.
    private mutating func noticeLoss(_ sum: CellSnapshot, interval: Double, at now: Instant) {
        guard sum.peakConnected == 0, sum.leastPlanned > 0, self.everConnected > 0, interval > 0.5,
            now - self.origin < self.configuration.plan.phases.steadyEnd, !self.isPlanned(now - self.origin)
        else {
            if sum.peakConnected > 0 || self.isPlanned(now - self.origin) { (self.aloneSince, self.alone) = (nil, 0) }
            return
        }
        // Seconds in which the plan wanted nobody for a moment count neither for nor against.
        let elapsed = Int64(interval * 1e9)
        let since = self.aloneSince ?? now + (-elapsed)
        self.aloneSince = since
        self.alone += elapsed
        let limit = self.configuration.settings.reconnect == .none ? 0 : Self.reconnectTime
        if self.alone >= limit {
            self.lost = .backendLost(
                at: self.seconds(since),
                detail: "all \(self.everConnected) connected agents lost their connections and none came back")
        }
    }

    /// Whether a fault of the plan keeps everybody away at a time since T0: a killed backend until the run ends.
    private func isPlanned(_ time: Int64) -> Bool {
        self.configuration.profile.faults.contains { fault in
            guard fault.kind.takesEverybody, time >= fault.at.nanoseconds else { return false }
            return fault.kind.isMoment || time < fault.at.nanoseconds + fault.span.nanoseconds + Self.second
        }
    }

    func phase(at now: Instant) -> FleetPhase {
        let phases = self.configuration.plan.phases
        let t = now - self.origin
        if t < phases.rampEnd { return .ramp }
        if t < phases.steadyStart { return .warmup }
        if t < phases.steadyEnd { return .steady }
        if t < phases.leaveEnd { return .leave }
        return .drain
    }

    func isDraining(_ now: Instant) -> Bool { self.phase(at: now) == .drain }

    /// Whether the drain is over: everything owed has been in for the settle time, or its time is up.
    mutating func isOver(_ now: Instant, unfinished: Int) -> Bool {
        if now - self.origin >= self.configuration.plan.phases.drainLimit { return true }
        guard unfinished == 0 else {
            self.settledSince = nil
            return false
        }
        let since = self.settledSince ?? now
        self.settledSince = since
        return now - since >= self.configuration.settle
    }

    func phases(until end: Instant) -> [(phase: FleetPhase, start: Double, end: Double)] {
        let phases = self.configuration.plan.phases
        let last = max(end - self.origin, 0)
        let marks: [(FleetPhase, Int64, Int64)] = [
            (.ramp, 0, phases.rampEnd), (.warmup, phases.rampEnd, phases.steadyStart),
            (.steady, phases.steadyStart, phases.steadyEnd), (.leave, phases.steadyEnd, phases.leaveEnd),
            (.drain, phases.leaveEnd, .max),
        ]
        return marks.filter { $0.1 < last && $0.2 > $0.1 }
            .map { ($0.0, Double($0.1) / 1e9, Double(min($0.2, last)) / 1e9) }
    }
}
