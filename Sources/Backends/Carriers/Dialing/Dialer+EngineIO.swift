import NIOCore
import NIOHTTP1

extension Dialer {
    /// Begins a session with long-polling and lets a WebSocket take over.
    static func upgrading(
        _ endpoint: Endpoint, _ plan: EngineIOPlan, _ ticket: Ticket, on loop: any EventLoop,
        _ install: @escaping Install
    ) -> EventLoopFuture<any Channel> {
        let path = plan.target("polling")
        let cookie = ticket.cookie.map { [("Cookie", $0)] } ?? []
        return HTTPOnce(endpoint, on: loop).send(.GET, path: path, headers: cookie)
            .flatMapThrowing { reply in try self.session(in: reply, plan, endpoint.settings.url) }
            .flatMap { sid, early in
                let done = loop.makePromise(of: Void.self)
                let url = endpoint.settings.url
                return self.webSocket(endpoint, plan.webSocket(session: sid), ticket, on: loop) { channel, _ in
                    try channel.pipeline.syncOperations.addHandler(
                        EngineIOProbe(url: url, early: early, done: done, install: install))
                }
                .flatMapError { error in
                    done.fail(error)
                    return loop.makeFailedFuture(error)
                }
                .flatMap { channel in done.futureResult.map { channel } }
            }
    }

    /// The session id in the first answer to a poll, and all packets of that answer.
    private static func session(
        in reply: HTTPReply, _ plan: EngineIOPlan, _ url: BackendURL
    ) throws -> (sid: String, early: [ByteBuffer]) {
        guard reply.status == 200 else {
            let words = String(buffer: reply.body).prefix(200)
            throw DialError(
                code: .http(status: reply.status),
                message: "\(url): polling was answered with HTTP \(reply.status): \(words)")
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
            return (String(decoding: handshake.sid, as: UTF8.self), packets)
        } catch {
            throw DialError(code: .badUpgrade, message: "\(url): \(error)")
        }
    }
}
