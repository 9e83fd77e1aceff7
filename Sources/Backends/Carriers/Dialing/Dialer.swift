package import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Opens connections to a backend: TCP, TLS where the URL says so, and the upgrade to WebSocket where the carrier is one.
///
/// Nothing of the handshake stays behind: once it is done, the channel holds what `install` put there (and TLS), so that
/// ten thousand idle connections cost little. Bytes that arrived glued to the server's `101` are not lost; they are the
/// first that the installed handler reads.
package enum Dialer {
    /// Puts the caller's handler, which reads and writes bytes, into the pipeline of a connection that may be used.
    ///
    /// It is called on the channel's loop; if it throws, the connection is closed. The second argument holds messages of
    /// the dialect that came before the carrier was ready, such as packets that were polled before an upgrade.
    package typealias Install = @Sendable (any Channel, [ByteBuffer]) throws -> Void

    /// Opens one connection.
    ///
    /// - Parameters:
    ///   - settings: where to, and what to say in the request.
    ///   - ticket: what the session was given before.
    ///   - loop: where the channel is to live.
    ///   - tls: made by ``TLSContext/make(for:)`` from the same settings; nil without TLS.
    ///   - install: takes the connection over.
    /// - Returns: the channel after `install`, or a failure with a ``DialError``.
    package static func dial(
        _ settings: BackendSettings,
        ticket: Ticket = .none,
        on loop: any EventLoop,
        tls: TLSContext?,
        install: @escaping Install
    ) -> EventLoopFuture<any Channel> {
        do {
            switch try BackendCatalogue.carrier(settings) {
            case .webSocket(let plan):
                return self.webSocket(settings, plan, ticket, on: loop, tls, install)
            case .engineIO(let plan) where plan.transport == .upgrade:
                return self.upgrading(settings, plan, ticket, on: loop, tls, install)
            case .engineIO(let plan):
                return self.webSocket(settings, plan.webSocket(), ticket, on: loop, tls, install)
            case .stream:
                return self.stream(settings, on: loop, tls, install)
            }
        } catch {
            return loop.makeFailedFuture(DialError(code: .settings, message: error.description))
        }
    }

    /// Opens a connection and leads it through the upgrade.
    static func webSocket(
        _ settings: BackendSettings,
        _ plan: WebSocketPlan,
        _ ticket: Ticket,
        on loop: any EventLoop,
        _ tls: TLSContext?,
        _ install: @escaping Install
    ) -> EventLoopFuture<any Channel> {
        let url = settings.url
        let deadline = NIODeadline.now() + .nanoseconds(settings.connectTimeout)
        return self.connect(settings, on: loop).flatMap { channel in
            // Still in the same turn of the loop as the connect: nothing has been read yet.
            let opened = loop.makePromise(of: Void.self)
            let upgrade = UpgradeHandler(
                request: UpgradeRequest(settings: settings, plan: plan, cookie: ticket.cookie), url: url,
                deadline: deadline, opened: opened, install: install)
            do {
                let pipeline = channel.pipeline.syncOperations
                try self.addTLS(tls, to: pipeline, url)
                let encoder = HTTPRequestEncoder()
                let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
                upgrade.codec = [decoder, encoder]
                try pipeline.addHandlers([encoder, decoder, upgrade])
            } catch {
                opened.fail(DialError(cause: error, url: url))
                channel.close(promise: nil)
            }
            return opened.futureResult.map { channel }
        }
    }

    private static func stream(
        _ settings: BackendSettings, on loop: any EventLoop, _ tls: TLSContext?, _ install: @escaping Install
    ) -> EventLoopFuture<any Channel> {
        let url = settings.url
        let deadline = NIODeadline.now() + .nanoseconds(settings.connectTimeout)
        return self.connect(settings, on: loop).flatMap { channel in
            let opened = loop.makePromise(of: Void.self)
            do {
                let pipeline = channel.pipeline.syncOperations
                try self.addTLS(tls, to: pipeline, url)
                try pipeline.addHandler(
                    StreamHandler(
                        url: url, isSecure: tls != nil, deadline: deadline, opened: opened, install: install))
            } catch {
                opened.fail(DialError(cause: error, url: url))
                channel.close(promise: nil)
            }
            return opened.futureResult.map { channel }
        }
    }

    // MARK: Parts

    /// Small at first: most of what an agent reads is short, and an idle one should hold next to nothing.
    private static let receiveAllocator = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1_024, maximum: 65_536)

    /// Opens the TCP connection; a failure is a ``DialError``.
    static func connect(_ settings: BackendSettings, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let url = settings.url
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(settings.connectTimeout))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: self.receiveAllocator)
        let connected =
            // An address needs no resolver, which would cost a hop to another thread for each of thousands.
            if let address = try? SocketAddress(ipAddress: url.host, port: url.port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: url.host, port: url.port)
            }
        return connected.flatMapErrorThrowing { throw DialError(cause: $0, url: url) }
    }

    /// Adds TLS for the host of the URL; nothing without a context.
    static func addTLS(
        _ tls: TLSContext?, to pipeline: ChannelPipeline.SynchronousOperations, _ url: BackendURL
    ) throws {
        guard let tls else { return }
        let isAddress = (try? SocketAddress(ipAddress: url.host, port: url.port)) != nil
        // An address is checked against the certificate by NIOSSL itself and may not stand in SNI (RFC 6066 §3).
        try pipeline.addHandler(NIOSSLClientHandler(context: tls.context, serverHostname: isAddress ? nil : url.host))
    }
}
