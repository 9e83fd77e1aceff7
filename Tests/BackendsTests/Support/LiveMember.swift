import NIOCore
import NIOPosix
import Signaling

@testable import Backends

/// One member of a backend that really runs: any dialect, on its own carrier, over loopback.
///
/// Every method may be called from any task; the dialect lives on the member's event loop.
final class LiveMember<D: Dialect>: Sendable {
    /// What a member heard: the message's text, whether or not it was for this member.
    struct Heard: Sendable {
        var text: String
        var isMine: Bool
    }

    private let handler: NIOLoopBound<Handler>
    private let channel: any Channel

    private init(handler: NIOLoopBound<Handler>, channel: any Channel) {
        self.handler = handler
        self.channel = channel
    }

    /// Connects, and joins a room.
    ///
    /// - Throws: ``DialError``, or a ``DialectError`` when the member was not let in within ten seconds.
    static func join(_ room: String, _ settings: BackendSettings, on loop: any EventLoop) async throws -> LiveMember {
        let endpoint = try Endpoint(settings)
        let ticket = D.asksForTicket ? try await D.prepare(HTTPOnce(endpoint, on: loop)).get() : .none
        let framing = try D.carrier(settings).framing
        let handler = try await loop.submit {
            NIOLoopBound(try Handler(D(settings, ticket: ticket), framing, room: room, loop: loop), eventLoop: loop)
        }.get()
        let channel = try await Dialer.dial(endpoint, ticket: ticket, on: loop) { channel, early in
            handler.value.early = early
            try channel.pipeline.syncOperations.addHandler(handler.value)
        }.get()
        let joined = try await loop.submit { handler.value.joined.futureResult }.get()
        try await joined.get()
        return LiveMember(handler: handler, channel: channel)
    }

    var id: PeerID {
        get async throws {
            let handler = self.handler
            return try await self.channel.eventLoop.submit { handler.value.id }.get()
        }
    }

    /// Sends a signal to the room or to one member.
    @discardableResult
    func send(_ text: String, to target: Target = .room) async throws -> Submission {
        let handler = self.handler
        return try await self.channel.eventLoop.submit { handler.value.send(text, target) }.get()
    }

    /// Everything heard so far.
    var heard: [Heard] {
        get async throws {
            let handler = self.handler
            return try await self.channel.eventLoop.submit { handler.value.heard }.get()
        }
    }

    /// Whether the connection is gone.
    var isClosed: Bool { !self.channel.isActive }

    /// Lets everything that comes wait in the socket.
    func stopReading() async throws {
        try await self.channel.setOption(.autoRead, value: false).get()
    }

    func close() async { try? await self.channel.close().get() }

    /// The member's end of the channel.
    final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        var early: [ByteBuffer] = []
        private(set) var heard: [Heard] = []
        private(set) var id = PeerID(bytes: [])
        let joined: EventLoopPromise<Void>
        private var dialect: D
        private var outbox: Outbox
        private var framing: WebSocketFraming?
        private let kind: CarrierFraming
        private let room: String
        private var wire = ByteBuffer()
        private var stream = ByteBuffer()
        private var context: ChannelHandlerContext?
        private var alarm: Scheduled<Void>?

        init(_ dialect: D, _ kind: CarrierFraming, room: String, loop: any EventLoop) {
            self.dialect = dialect
            self.kind = kind
            self.room = room
            self.outbox = Outbox(seed: 7, framing: kind)
            self.framing = kind.isWebSocket ? WebSocketFraming(role: .client) : nil
            self.joined = loop.makePromise()
            let bound = NIOLoopBound(self.joined, eventLoop: loop)
            loop.scheduleTask(in: .seconds(10)) {
                bound.value.fail(DialectError(code: .timeout, message: "not joined within ten seconds"))
            }
        }

        private var now: Instant { Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds)) }

        func handlerAdded(context: ChannelHandlerContext) {
            self.context = context
            self.dialect.opened(now: self.now, into: &self.outbox)
            for var message in self.early { self.take(&message) }
            self.settle()
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            self.context = nil
            self.alarm?.cancel()
            self.joined.fail(DialectError(code: .unexpected, message: "the connection ended"))
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.wire.writeImmutableBuffer(self.unwrapInboundIn(data))
            do {
                guard self.framing != nil else {
                    self.take(&self.wire)
                    return self.settle()
                }
                while let message = try self.framing?.next(&self.wire) {
                    switch message.opcode {
                    case .text, .binary:
                        if self.kind == .webSocketStream {
                            self.stream.writeImmutableBuffer(message.payload)
                            self.take(&self.stream)
                        } else {
                            var payload = message.payload
                            self.take(&payload)
                        }
                    case .ping: self.outbox.pong(message.payload)
                    case .pong, .continuation: break
                    case .close: context.close(promise: nil)
                    }
                }
                self.settle()
            } catch {
                context.close(promise: nil)
            }
        }

        func send(_ text: String, _ target: Target) -> Submission {
            let result = self.dialect.encode(
                .send(signal: ByteBuffer(string: text), to: target, id: 1), now: self.now, into: &self.outbox)
            self.settle()
            return result
        }

        private func take(_ bytes: inout ByteBuffer) {
            do {
                while let event = try self.dialect.next(&bytes, now: self.now, into: &self.outbox) {
                    self.handle(event, bytes)
                }
            } catch {
                self.joined.fail(error)
                self.context?.close(promise: nil)
            }
        }

        private func handle(_ event: Inbound, _ bytes: ByteBuffer) {
            switch event {
            case .welcomed(let id):
                self.id = id
                _ = self.dialect.encode(.join(room: self.room), now: self.now, into: &self.outbox)
            case .joined: self.joined.succeed(())
            case .signal(let head, let body):
                var all = head.bodyIsInScratch ? self.dialect.scratch : bytes
                all.moveReaderIndex(to: body.lowerBound)
                self.heard.append(Heard(text: all.readString(length: body.count) ?? "", isMine: true))
            case .overheard: self.heard.append(Heard(text: "", isMine: false))
            case .refused(let refusal): self.joined.fail(DialectError(code: .unexpected, message: refusal.message))
            case .closed: self.context?.close(promise: nil)
            case .peerJoined, .peerLeft, .sent, .acked, .resumed, .control: break
            }
        }

        /// Writes what waits, and sets the alarm for what the dialect is owed.
        private func settle() {
            if let bytes = self.outbox.takeWire() {
                self.context?.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
            }
            if self.outbox.takeClose() != nil { self.context?.close(promise: nil) }
            self.alarm?.cancel()
            guard let deadline = self.dialect.deadline, let loop = self.context?.eventLoop else { return }
            let bound = NIOLoopBound(self, eventLoop: loop)
            let wait = max(0, deadline - self.now)
            self.alarm = loop.scheduleTask(in: .nanoseconds(wait)) {
                let handler = bound.value
                if let event = try? handler.dialect.expired(now: handler.now, into: &handler.outbox) {
                    handler.handle(event, ByteBuffer())
                }
                handler.settle()
            }
        }
    }
}

@available(*, unavailable)
extension LiveMember.Handler: Sendable {}
