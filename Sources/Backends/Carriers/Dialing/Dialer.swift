package import NIOCore
import NIOHTTP1

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

    /// Opens the carrier of a connection, which learns of it by ``TransportOwner``.
    static func open(_ connection: Connection, at endpoint: Endpoint, ticket: Ticket) {
        let loop = connection.home.loop
        switch endpoint.carrier {
        case .pipe(let plan): return connection.home.pipes.open(connection, plan)
        case .engineIO(let plan) where plan.transport == .polling:
            return PollingTransport(connection, endpoint, plan, on: loop).open(cookie: ticket.cookie)
        case .http(let plan): return HTTPTransport(connection, endpoint, plan, on: loop).open(cookie: ticket.cookie)
        case .webSocket, .engineIO, .stream: break
        }
        let bound = NIOLoopBound(connection, eventLoop: loop)
        self.dial(endpoint, ticket: ticket, on: loop) { channel, early in
            guard !bound.value.hasEnded else { throw ConnectionGone() }
            try channel.pipeline.syncOperations.addHandler(ChannelTransport(bound.value, early: early))
        }
        .assumeIsolated()
        .whenFailure { error in
            bound.value.failed(error as? DialError ?? DialError(code: .other, message: "\(error)"))
        }
    }

    /// Opens one connection.
    ///
    /// - Parameters:
    ///   - endpoint: where to, and what to say in the request.
    ///   - ticket: what the session was given before.
    ///   - loop: where the channel is to live.
    ///   - install: takes the connection over.
    /// - Returns: the channel after `install`, or a failure with a ``DialError``.
    package static func dial(
        _ endpoint: Endpoint,
        ticket: Ticket = .none,
        on loop: any EventLoop,
        install: @escaping Install
    ) -> EventLoopFuture<any Channel> {
        switch endpoint.carrier {
        case .webSocket(let plan):
            self.following(endpoint, plan, ticket, on: loop, install)
        case .engineIO(let plan) where plan.transport == .upgrade:
            self.upgrading(endpoint, plan, ticket, on: loop, install)
        case .engineIO(let plan) where plan.transport == .polling:
            loop.makeFailedFuture(
                DialError(code: .settings, message: "\(endpoint.settings.url): long-polling is not one connection"))
        case .engineIO(let plan):
            self.following(endpoint, plan.webSocket(), ticket, on: loop, install)
        case .http:
            loop.makeFailedFuture(
                DialError(code: .settings, message: "\(endpoint.settings.url): HTTP is not one connection"))
        case .stream:
            self.stream(endpoint, on: loop, install)
        case .pipe:
            loop.makeFailedFuture(DialError(code: .settings, message: "a child process is no channel"))
        }
    }

    /// Redirects that are followed for one connection.
    static let mostRedirects = 5

    /// Opens a WebSocket, at the place that a redirect names where redirects are followed.
    private static func following(
        _ endpoint: Endpoint, _ plan: WebSocketPlan, _ ticket: Ticket, on loop: any EventLoop,
        _ install: @escaping Install, left: Int = Dialer.mostRedirects
    ) -> EventLoopFuture<any Channel> {
        self.webSocket(endpoint, plan, ticket, on: loop, install).flatMapError { error in
            guard left > 0, let next = endpoint.following(error) else { return loop.makeFailedFuture(error) }
            var plan = plan
            plan.path = nil
            return self.following(
                next, plan, ticket.redirected(from: endpoint, to: next, by: error), on: loop, install, left: left - 1)
        }
    }

    /// Opens a connection and leads it through the upgrade.
    static func webSocket(
        _ endpoint: Endpoint,
        _ plan: WebSocketPlan,
        _ ticket: Ticket,
        on loop: any EventLoop,
        _ install: @escaping Install
    ) -> EventLoopFuture<any Channel> {
        let settings = endpoint.settings
        let url = settings.url
        let deadline = loop.now + .nanoseconds(settings.connectTimeout)
        return endpoint.connect(on: loop).flatMap { channel in
            // Still in the same turn of the loop as the connect: nothing has been read yet.
            let opened = loop.makePromise(of: Void.self)
            let upgrade = UpgradeHandler(
                request: UpgradeRequest(endpoint, plan: plan, cookie: ticket.cookie), url: url,
                deadline: deadline, opened: opened, install: install)
            do {
                let pipeline = channel.pipeline.syncOperations
                try endpoint.addTLS(to: pipeline)
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
        _ endpoint: Endpoint, on loop: any EventLoop, _ install: @escaping Install
    ) -> EventLoopFuture<any Channel> {
        let settings = endpoint.settings
        let url = settings.url
        let deadline = loop.now + .nanoseconds(settings.connectTimeout)
        return endpoint.connect(on: loop).flatMap { channel in
            let opened = loop.makePromise(of: Void.self)
            do {
                let pipeline = channel.pipeline.syncOperations
                try endpoint.addTLS(to: pipeline)
                try pipeline.addHandler(
                    StreamHandler(
                        url: url, isSecure: endpoint.tls != nil, deadline: deadline, opened: opened, install: install))
            } catch {
                opened.fail(DialError(cause: error, url: url))
                channel.close(promise: nil)
            }
            return opened.futureResult.map { channel }
        }
    }
}

/// Thrown into a dial whose connection was given up meanwhile.
private struct ConnectionGone: Error {}
