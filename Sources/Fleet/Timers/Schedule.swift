import Backends
import NIOCore
import Signaling

/// Who acts on what is due.
protocol ScheduleOwner: AnyObject {
    func due(_ event: TimerEvent, at due: Instant)

    /// Called after the alarm rang and all that was due was acted on.
    func tickEnded()
}

/// All timers of one loop behind one alarm.
///
/// Confined to its event loop.
final class Schedule: LoopAlarmTarget {
    private let loop: any EventLoop
    private var queue = TimerQueue()
    private var alarm = LoopAlarm()
    private var isFiring = false
    private var isStopped = false
    weak var owner: (any ScheduleOwner)?

    init(_ loop: any EventLoop) { self.loop = loop }

    private var now: Instant { Instant(nanoseconds: Int64(self.loop.now.uptimeNanoseconds)) }

    func reserve(_ count: Int) { self.queue.reserve(count) }

    /// Enters an event; without effect once stopped.
    func add(_ event: TimerEvent, at: Instant) {
        guard !self.isStopped else { return }
        self.queue.add(event, at: at)
        if !self.isFiring { self.arm() }
    }

    /// Acts on everything that is due by now, in order.
    func fireDue() {
        guard !self.isFiring, let next = self.queue.next else { return }
        let now = self.now
        guard next <= now, let owner else { return }
        self.isFiring = true
        while let due = self.queue.pop(due: now) { owner.due(due.event, at: due.at) }
        self.isFiring = false
        self.arm()
    }

    private func arm() {
        guard !self.isStopped, let next = self.queue.next, next != self.alarm.at else { return }
        self.alarm.set(next, on: self.loop, for: self)
    }

    func alarmRang(at: Instant) {
        guard self.alarm.rang(at) else { return }
        self.fireDue()
        self.owner?.tickEnded()
        // Also when nothing was due: an alarm may ring early by the rounding of its clock.
        self.arm()
    }

    /// Drops every timer, for good.
    func stop() {
        self.isStopped = true
        self.queue.removeAll()
        self.alarm.cancel()
    }
}

@available(*, unavailable)
extension Schedule: Sendable {}
