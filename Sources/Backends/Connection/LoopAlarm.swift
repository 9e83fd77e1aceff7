package import NIOCore
package import Signaling

/// What a ``LoopAlarm`` calls.
package protocol LoopAlarmTarget: AnyObject {
    /// The alarm that was set for `at` rings; one that was replaced since may ring once more, and says so by its time.
    func alarmRang(at: Instant)
}

/// One alarm on an event loop, which can be set to another time.
package struct LoopAlarm {
    private var callback: NIOScheduledCallback?
    /// When it rings; `distantFuture` when it is not set.
    package private(set) var at = Instant.distantFuture

    package init() {}

    /// Sets it, in place of what was set before.
    package mutating func set(_ at: Instant, on loop: any EventLoop, for target: any LoopAlarmTarget) {
        self.cancel()
        let handler = Handler(target: NIOLoopBound(target, eventLoop: loop), at: at)
        // A loop refuses only when it is being shut down; the alarm then stays unset, and the next call tries again.
        guard
            let callback = try? loop.scheduleCallback(
                at: .uptimeNanoseconds(UInt64(clamping: at.nanoseconds)), handler: handler)
        else { return }
        self.callback = callback
        self.at = at
    }

    /// Takes note that it rang.
    ///
    /// - Returns: whether it is the alarm that was set last: a cancellation can come too late for one that the loop has
    ///   taken up already, and answering that would leave two alarms where there was one.
    package mutating func rang(_ at: Instant) -> Bool {
        guard at == self.at else { return false }
        self.callback = nil
        self.at = .distantFuture
        return true
    }

    package mutating func cancel() {
        self.callback?.cancel()
        self.callback = nil
        self.at = .distantFuture
    }

    private struct Handler: NIOScheduledCallbackHandler, Sendable {
        let target: NIOLoopBound<any LoopAlarmTarget>
        let at: Instant

        func handleScheduledCallback(eventLoop: some EventLoop) { self.target.value.alarmRang(at: self.at) }
    }
}
