package import Backends
package import NIOCore
import Signaling

/// A loop, a network and its servers, from one seed.
///
/// The same seed and the same calls give the same events in the same order. It stays on the thread that made it.
package final class Simulation {
    package let seed: UInt64
    package let loop: VirtualLoop
    package let network: SimulatedNetwork
    private var servers: [any ServerLoop] = []

    /// What is left when everything should be over.
    package struct Leaks: Equatable, Sendable, CustomStringConvertible {
        /// Channels of those who connected that are not closed before the servers end.
        package var clients = 0
        /// Channels that are not closed when the servers have ended, too.
        package var channels = 0
        /// Timers and other tasks that wait.
        package var tasks = 0
        /// Runs whose memory is still held.
        package var runs = 0

        package init() {}

        package var description: String {
            "\(self.clients) clients, \(self.channels) open channels, \(self.tasks) waiting tasks, \(self.runs) runs"
        }
    }

    /// - Parameters:
    ///   - seed: what all draws come from.
    ///   - links: the law of its links.
    ///   - log: sees all bytes.
    package init(seed: UInt64, links: LinkOptions = LinkOptions(), log: LinkLog? = nil) {
        self.seed = seed
        self.loop = VirtualLoop()
        self.network = SimulatedNetwork(loop: self.loop, options: links, seed: SplitMix64.mix(seed, 1))
        self.network.log = log
    }

    deinit {
        // Tasks hold what they would run on, and channels hold their handlers.
        for server in self.servers { server.abandon() }
        for link in self.network.links {
            link.suffer(.reset)
        }
        self.loop.run(until: self.loop.now)
        self.loop.clear()
    }

    /// Puts an embedded server at a name.
    ///
    /// - Throws: ``ServerError``.
    @discardableResult
    package func serve(
        _ id: String, at host: String = "server", options: ServerOptions = ServerOptions(), service: ServiceLaw? = nil
    ) throws -> any ServerLoop {
        var options = options
        if options.seed == nil { options.seed = SplitMix64.mix(self.seed, UInt64(2 + self.servers.count)) }
        let server = try EmbeddedServers.make(id: id, options: options, on: self.loop)
        self.servers.append(server)
        self.network.listen(at: host, server, service: service)
        return server
    }

    /// Runs until a future is complete.
    ///
    /// - Parameters:
    ///   - future: what is waited for.
    ///   - limit: virtual time that it may take from now.
    /// - Returns: its result; nil when the time is up, or when nothing is left to wait for.
    package func run<Value: Sendable>(
        until future: EventLoopFuture<Value>, within limit: TimeAmount
    ) -> Result<Value, any Error>? {
        let result = NIOLoopBoundBox<Result<Value, any Error>?>(nil, eventLoop: self.loop)
        future.whenComplete { result.value = $0 }
        let deadline = self.loop.now + limit
        while result.value == nil, self.loop.step(until: deadline) {}
        return result.value
    }

    /// Runs until an asynchronous body is over, whose tasks all run on the virtual loop.
    ///
    /// - Parameters:
    ///   - limit: virtual time that it may take from now.
    ///   - body: what is waited for; it may await nothing that another thread does.
    /// - Returns: its result; nil when the time is up, or when nothing is left to wait for.
    package func run<Value: Sendable>(
        within limit: TimeAmount, _ body: @escaping @Sendable () async throws -> Value
    ) -> Result<Value, any Error>? {
        let promise = self.loop.makePromise(of: Value.self)
        Task(executorPreference: self.loop) {
            do {
                promise.succeed(try await body())
            } catch {
                promise.fail(error)
            }
        }
        return self.run(until: promise.futureResult, within: limit)
    }

    /// Runs for a time.
    package func run(for time: TimeAmount) { self.loop.run(until: self.loop.now + time) }

    /// Ends the servers, and says what is left after a time in which everything else should have ended, too.
    package func finish(within time: TimeAmount = .seconds(5)) -> Leaks {
        let ends = self.servers.map { $0.end(within: .milliseconds(1_500)) }
        self.servers = []
        _ = self.run(until: EventLoopFuture.andAllComplete(ends, on: self.loop), within: .seconds(10))
        self.run(for: time)
        var leaks = Leaks()
        leaks.channels = self.network.openChannels
        leaks.tasks = self.loop.pending
        return leaks
    }
}

@available(*, unavailable)
extension Simulation: Sendable {}
