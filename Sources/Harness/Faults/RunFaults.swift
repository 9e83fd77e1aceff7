import Backends
import Measure
import NIOCore
import NIOPosix
import Synchronization
import Workload

/// The proxy of a run whose profile has faults: from before the first connection to after the last.
final class RunFaults: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let proxy: FaultProxy
    private let hasBegun = Atomic(false)

    /// What sends the agents' connections to it.
    let network: FaultNetwork

    /// Starts it on a loop of its own, so that it takes nothing from the agents' loops.
    ///
    /// - Returns: nil for a profile without faults of the path.
    /// - Throws: `HarnessError` when it cannot listen, or when the run has a proxy of its own.
    init?(_ profile: Profile, to url: BackendURL) async throws {
        let faults = profile.faults.filter { $0.kind.place == .path }
        guard !faults.isEmpty else { return nil }
        if let proxy = profile.backend.options["proxy"], proxy != "none" {
            throw HarnessError(
                .badProfile,
                "faults and backend.proxy cannot be had together: the faults need the whole way to the backend",
                cure: "leave backend.proxy out, or the faults")
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let proxy = try await FaultProxy.start(
                on: ("127.0.0.1", 0), to: (url.host, url.port), faults: faults, seed: profile.seed, group: group)
            self.group = group
            self.proxy = proxy
            self.network = FaultNetwork(to: proxy.address)
        } catch {
            try? await group.shutdownGracefully()
            throw HarnessError(
                .launchFailed, "the proxy of the faults cannot listen: \(error)", cure: "try again", cause: error)
        }
    }

    /// Starts the clock of the faults with the first snapshot of the run.
    ///
    /// - Parameter elapsed: seconds since T0.
    func keepTime(elapsed: Double) {
        guard !self.hasBegun.exchange(true, ordering: .relaxed) else { return }
        self.proxy.begin(at: Int64(NIODeadline.now().uptimeNanoseconds) - Int64(elapsed * 1e9))
    }

    /// Ends it.
    ///
    /// - Returns: what passed.
    @discardableResult
    func end() async -> ProxyReport? {
        let counters = try? await self.proxy.counters()
        await self.proxy.stop()
        try? await self.group.shutdownGracefully()
        return counters
    }
}
