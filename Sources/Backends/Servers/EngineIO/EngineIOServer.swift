import NIOCore
import NIOPosix

/// An embedded server that speaks Engine.IO, revisions 2 to 4, by long-polling and WebSocket.
///
/// All of it runs on one event loop, whatever the group has: see ``EngineIOHub``.
final class EngineIOServer: EmbeddedServer {
    private let listener: any Channel
    private let loop: any EventLoop
    private let hub: NIOLoopBound<EngineIOHub>

    /// Time that a drain may take before whoever is left is dropped.
    private static let drainLimit = TimeAmount.milliseconds(1_500)

    private init(listener: any Channel, loop: any EventLoop, hub: NIOLoopBound<EngineIOHub>) {
        self.listener = listener
        self.loop = loop
        self.hub = hub
    }

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - host: the address to listen at.
    ///   - port: 0 picks a free one.
    ///   - options: how it is to behave.
    ///   - group: where it runs.
    ///   - application: makes what runs on it; called on its loop.
    /// - Returns: the server, which listens already.
    /// - Throws: ``ServerError``, or what `application` throws.
    static func start(
        host: String, port: Int, options: ServerOptions, group: any EventLoopGroup,
        application: @escaping @Sendable (EngineIOHub) throws -> any EngineIOApplication
    ) async throws -> RunningServer {
        let tls = try ServerTLS.context(options)
        let loop = group.next()
        let hub = try await loop.submit {
            let hub = EngineIOHub(options: options, tls: tls, loop: loop)
            hub.start(try application(hub))
            return NIOLoopBound(hub, eventLoop: loop)
        }.get()
        let bootstrap = ServerBootstrap.forSignaling(on: loop)
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try hub.value.accept(channel) }
            }
        do {
            let listener = try await bootstrap.bind(host: host, port: port).get()
            let url = BackendURL(
                scheme: tls == nil ? "http" : "https", host: host, port: listener.localAddress?.port ?? port)
            let notices = try await loop.submit { hub.value.notices }.get()
            return RunningServer(
                url: url, notices: notices, server: EngineIOServer(listener: listener, loop: loop, hub: hub))
        } catch {
            throw ServerError(bind: error, host: host, port: port)
        }
    }

    func counters() async -> ServerCounters {
        let hub = self.hub
        return (try? await self.loop.submit { hub.value.counters }.get()) ?? ServerCounters()
    }

    func shutdown() async {
        try? await self.listener.close().get()
        let hub = self.hub
        try? await self.loop.flatSubmit { hub.value.end(within: Self.drainLimit) }.get()
    }
}
