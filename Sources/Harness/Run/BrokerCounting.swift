import Backends
import NIOCore
import NIOPosix
import Synchronization

/// Compares a broker's own count of messages sent before and after a run.
///
/// Nothing happens with backends that have no such counters, and none is missed.
final class BrokerCounting: Sendable {
    private struct State {
        var counters: BrokerCounters?
        var first: BrokerReading?
        var last: BrokerReading?
    }

    private let settings: BackendSettings
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state = Mutex(State())

    /// How long the first count may take to come: brokers keep it as a retained message, and many have none.
    private static let patience = Duration.milliseconds(1_500)
    /// How long each further one may take.
    ///
    /// Mosquitto 2.0 lets a second more than its `sys_interval` pass; this is enough for an interval of one second on a
    /// busy machine.
    private static let interval = Duration.milliseconds(3_500)

    init(_ settings: BackendSettings) { self.settings = settings }

    /// Messages sent within the run to others than this object; nil where the broker does not say.
    var deliveries: Int64? {
        self.state.withLock { state in
            guard let first = state.first, let last = state.last else { return nil }
            return last.deliveries(since: first)
        }
    }

    /// Takes the count before the first agent connects.
    func begin() async {
        // Retained signs of presence are sent to each new subscriber: nobody can tell how many they should be.
        // Over WebSocket, Mosquitto 2.0 sends without counting.
        guard self.settings.options["presence"] != "retained", !self.settings.url.scheme.hasPrefix("ws"),
            let counters = await BrokerCounters.watch(self.settings, on: self.group)
        else { return }
        self.state.withLock { $0.counters = counters }
        // The retained count may be older than the connections of others; the second one is of now.
        guard await Self.wait(for: 1, of: counters, Self.patience), await Self.wait(for: 2, of: counters, Self.interval)
        else { return }
        let first = await counters.reading()
        self.state.withLock { $0.first = first }
    }

    /// Takes the count after a quiet interval, while the agents are still connected.
    func end() async {
        guard let counters = self.state.withLock({ $0.first == nil ? nil : $0.counters }) else { return }
        // One that was under way, and one after a quiet interval.
        let wanted = await counters.publications() + 2
        guard await Self.wait(for: wanted, of: counters, Self.interval * 2) else { return }
        let last = await counters.reading()
        self.state.withLock { $0.last = last }
    }

    /// Whether the broker published so many counts in time.
    private static func wait(for count: UInt64, of counters: BrokerCounters, _ patience: Duration) async -> Bool {
        let limit = ContinuousClock.now + patience
        while await counters.publications() < count {
            guard ContinuousClock.now < limit else { return false }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    /// Ends the connection.
    func stop() async {
        await self.state.withLock({ $0.counters })?.stop()
        try? await self.group.shutdownGracefully()
    }
}
