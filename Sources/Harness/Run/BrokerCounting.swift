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

    /// How long the first count may take to come: brokers keep it as a retained message.
    private static let patience = Duration.milliseconds(1_500)
    /// How long the two counts after the run may take: one that was under way, and one after a quiet interval.
    private static let quiet = Duration.milliseconds(2_600)

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
        let limit = ContinuousClock.now + Self.patience
        var first: BrokerReading?
        // The retained count may be older than the connections of others; the second one is this second's.
        while ContinuousClock.now < limit, await counters.publications() < 2 {
            try? await Task.sleep(for: .milliseconds(20))
        }
        first = await counters.reading()
        let isCounting = await counters.publications() >= 2
        self.state.withLock {
            $0.counters = counters
            $0.first = isCounting ? first : nil
        }
    }

    /// Takes the count after a quiet interval, while the agents are still connected.
    func end() async {
        guard let counters = self.state.withLock({ $0.first == nil ? nil : $0.counters }) else { return }
        let limit = ContinuousClock.now + Self.quiet
        let wanted = await counters.publications() + 2
        while ContinuousClock.now < limit, await counters.publications() < wanted {
            try? await Task.sleep(for: .milliseconds(20))
        }
        guard await counters.publications() >= wanted else { return }
        let last = await counters.reading()
        self.state.withLock { $0.last = last }
    }

    /// Ends the connection.
    func stop() async {
        await self.state.withLock({ $0.counters })?.stop()
        try? await self.group.shutdownGracefully()
    }
}
