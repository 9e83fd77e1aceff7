import NIOCore
import NIOPosix

/// The embedded server of `relay` and `relay-routed`.
final class RelayServer: EmbeddedServer {
    private let listener: any Channel
    private let loops: [RelayLoopReference]

    /// Time that a drain may take before whoever is left is dropped; with ``ServerOptions/closeTimeout`` below the two
    /// seconds that `serve` has after SIGTERM.
    private static let drainLimit = TimeAmount.milliseconds(1_500)

    private init(listener: any Channel, loops: [RelayLoopReference]) {
        self.listener = listener
        self.loops = loops
    }

    /// Starts listening.
    ///
    /// - Throws: ``ServerError``.
    static func start(
        _ mode: RelayMode, host: String, port: Int, options: ServerOptions, group: any EventLoopGroup
    ) async throws -> RunningServer {
        let tls = try ServerTLS.context(options)
        var loops: [RelayLoopReference] = []
        for (number, loop) in group.makeIterator().enumerated() {
            let made = loop.submit {
                RelayLoopReference(
                    RelayLoop(mode: mode, options: options, tls: tls, number: number, loop: loop))
            }
            loops.append(try await made.get())
        }
        let all = loops
        for loop in all { try await loop.ask { $0.meet(all) } }
        let byLoop = Dictionary(uniqueKeysWithValues: all.map { (ObjectIdentifier($0.loop), $0) })

        let bootstrap = ServerBootstrap.forSignaling(on: group)
            .childChannelInitializer { channel in
                guard let reference = byLoop[ObjectIdentifier(channel.eventLoop)] else {
                    return channel.eventLoop.makeFailedFuture(EventLoopError.unsupportedOperation)
                }
                let filled = channel.eventLoop.makePromise(of: Void.self)
                reference.run { home in filled.completeWith(Result { try home.accept(channel) }) }
                return filled.futureResult
            }
        do {
            let listener = try await bootstrap.bind(host: host, port: port).get()
            let url = BackendURL(
                scheme: tls == nil ? "ws" : "wss", host: host, port: listener.localAddress?.port ?? port,
                path: options.path)
            return RunningServer(url: url, server: RelayServer(listener: listener, loops: loops))
        } catch {
            throw ServerError(bind: error, host: host, port: port)
        }
    }

    /// What it has done so far, over all loops.
    func counters() async -> ServerCounters {
        var sum = ServerCounters()
        for loop in self.loops {
            sum = sum + ((try? await loop.ask { $0.counters }) ?? ServerCounters())
        }
        return sum
    }

    /// Stops accepting, says 1001 to everybody, waits for them to go, and drops who does not.
    func shutdown() async {
        try? await self.listener.close().get()
        let ends = self.loops.map { $0.end(within: Self.drainLimit) }
        for end in ends { try? await end.get() }
    }
}
