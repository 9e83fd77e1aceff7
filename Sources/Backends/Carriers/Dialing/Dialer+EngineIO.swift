import NIOCore
import NIOHTTP1

extension Dialer {
    /// Begins a session with long-polling and lets a WebSocket take over.
    static func upgrading(
        _ endpoint: Endpoint, _ plan: EngineIOPlan, _ ticket: Ticket, on loop: any EventLoop,
        _ install: @escaping Install, left: Int = Dialer.mostRedirects
    ) -> EventLoopFuture<any Channel> {
        let cookies = Cookies(field: ticket.cookie)
        let url = endpoint.settings.url
        return HTTPOnce(endpoint, on: loop).send(.GET, path: plan.polling(), headers: cookies.fields)
            .flatMapThrowing { reply in
                var ticket = ticket
                var cookies = cookies
                cookies.take(reply.setCookies)
                ticket.cookie = cookies.field
                return (try self.session(in: reply, plan, url), ticket)
            }
            .flatMap { session, ticket in
                let done = loop.makePromise(of: Void.self)
                return self.webSocket(endpoint, plan.webSocket(session: session.sid), ticket, on: loop) { channel, _ in
                    try channel.pipeline.syncOperations.addHandler(
                        EngineIOProbe(url: url, early: session.packets, done: done, install: install))
                }
                .flatMapError { error in
                    done.fail(error)
                    return loop.makeFailedFuture(error)
                }
                .flatMap { channel in done.futureResult.map { channel } }
            }
            .flatMapError { error in
                guard left > 0, let next = endpoint.following(error) else { return loop.makeFailedFuture(error) }
                return self.upgrading(
                    next, plan.redirected(to: next.settings.url),
                    ticket.redirected(from: endpoint, to: next, by: error),
                    on: loop, install, left: left - 1)
            }
    }

    /// The session that the first answer to a poll opens.
    ///
    /// - Throws: ``DialError``.
    static func session(in reply: HTTPReply, _ plan: EngineIOPlan, _ url: BackendURL) throws(DialError) -> PolledSession
    {
        guard reply.status == 200 else {
            throw reply.dialError("polling", url)
        }
        do throws(EngineIOError) {
            let packets = try EngineIOPayload.decode(reply.body, plan.version)
            guard let first = packets.first, first.readableBytesView.first == EngineIOPacketType.open.rawValue else {
                throw EngineIOError("polling began without an open packet")
            }
            let handshake = try EngineIOHandshake(packet: first)
            guard handshake.sid.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "&") }) else {
                throw EngineIOError("a sid that cannot stand in a query")
            }
            return PolledSession(
                sid: String(decoding: handshake.sid, as: UTF8.self), maxPayload: handshake.maxPayload, packets: packets)
        } catch {
            throw DialError(code: .badUpgrade, message: "\(url): \(error)")
        }
    }
}

/// A session of Engine.IO that began with long-polling.
struct PolledSession: Sendable {
    var sid: String
    /// The greatest payload that the server takes, in bytes; nil when it has not said.
    var maxPayload: Int?
    /// All packets of the first answer, the open packet first.
    var packets: [ByteBuffer]
}
