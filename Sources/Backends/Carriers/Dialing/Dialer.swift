package import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Opens connections to a backend: TCP, TLS where the URL says so, and the upgrade to WebSocket.
///
/// Nothing of the handshake stays behind: once it is done, the channel holds what `install` put there (and TLS), so that
/// ten thousand idle connections cost little. Bytes that arrived glued to the server's `101` are not lost; they are the
/// first that the installed handler reads.
package enum Dialer {
    /// Opens one connection.
    ///
    /// - Parameters:
    ///   - settings: where to, and what to say in the request.
    ///   - loop: where the channel is to live.
    ///   - tls: made by ``TLSContext/make(for:)`` from the same settings; nil without TLS.
    ///   - install: puts the caller's handler, which reads and writes bytes, into the pipeline. It is called on `loop`
    ///     when the connection may be used; if it throws, the connection is closed.
    /// - Returns: the channel after `install`, or a failure with a ``DialError``.
    package static func dial(
        _ settings: BackendSettings,
        on loop: any EventLoop,
        tls: TLSContext?,
        install: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let url = settings.url
        let plan: WebSocketPlan
        do {
            switch try BackendCatalogue.carrier(settings) {
            case .webSocket(let webSocket): plan = webSocket
            }
        } catch {
            return loop.makeFailedFuture(DialError(code: .settings, message: error.description))
        }
        let deadline = NIODeadline.now() + .nanoseconds(settings.connectTimeout)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(settings.connectTimeout))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: self.receiveAllocator)
        return self.connect(bootstrap, to: url)
            .flatMapErrorThrowing { throw DialError(cause: $0, url: url) }
            .flatMap { channel in
                // Still in the same turn of the loop as the connect: nothing has been read yet.
                let opened = loop.makePromise(of: Void.self)
                let upgrade = UpgradeHandler(
                    request: UpgradeRequest(settings: settings, plan: plan), url: url, deadline: deadline,
                    opened: opened, install: install)
                do {
                    try self.fill(channel.pipeline.syncOperations, url, tls, upgrade)
                } catch {
                    opened.fail(DialError(cause: error, url: url))
                    channel.close(promise: nil)
                }
                return opened.futureResult.map { channel }
            }
    }

    /// Small at first: most of what an agent reads is short, and an idle one should hold next to nothing.
    private static let receiveAllocator = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1_024, maximum: 65_536)

    private static func connect(_ bootstrap: ClientBootstrap, to url: BackendURL) -> EventLoopFuture<any Channel> {
        // An address needs no resolver, which would cost a hop to another thread for each of thousands of connections.
        if let address = try? SocketAddress(ipAddress: url.host, port: url.port) {
            return bootstrap.connect(to: address)
        }
        return bootstrap.connect(host: url.host, port: url.port)
    }

    private static func fill(
        _ pipeline: ChannelPipeline.SynchronousOperations,
        _ url: BackendURL,
        _ tls: TLSContext?,
        _ upgrade: UpgradeHandler
    ) throws {
        if let tls {
            let isAddress = (try? SocketAddress(ipAddress: url.host, port: url.port)) != nil
            // An address is checked against the certificate by NIOSSL itself and may not stand in SNI (RFC 6066 §3).
            try pipeline.addHandler(
                NIOSSLClientHandler(context: tls.context, serverHostname: isAddress ? nil : url.host))
        }
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
        upgrade.codec = [decoder, encoder]
        try pipeline.addHandlers([encoder, decoder, upgrade])
    }
}
