import NIOCore

/// The server's end of one client, from the moment it is a WebSocket.
final class RelayConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Open. Next: closing, closed.
        case open
        /// A close frame is out: nothing more is said or heard. Next: closed.
        case closing
        /// Gone.
        case closed
    }

    let home: RelayLoop
    /// The client as the rooms know it; nil before and after.
    private(set) var member: RelayMember?
    var memberships: [RelayMembership] = []
    /// Index among the loop's connections; −1 when it is not there.
    var place = -1

    private var phase = Phase.open
    private var framing: WebSocketFraming
    private var received = ReceiveBuffer()
    private var context: ChannelHandlerContext?
    private var needsFlush = false
    private var nextPing = NIODeadline.distantFuture
    /// When a ping went out that nothing has answered yet.
    private var pingedAt: NIODeadline?

    init(home: RelayLoop) {
        self.home = home
        self.framing = WebSocketFraming(role: .server, maxMessageBytes: home.options.maxMessageBytes)
    }

    var isOpen: Bool {
        if case .open = self.phase { return true }
        return false
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.nextPing = context.eventLoop.now + .nanoseconds(self.home.options.pingInterval)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let member = RelayMember(id: self.home.newID(), loop: self.home.number, connection: bound)
        self.member = member
        self.home.add(self)
        self.write(RelayReply.welcome(member))
        if self.home.isDraining { self.close(code: 1001, reason: "the server is going away") }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.isOpen else { return }
        let now = self.home.loop.now
        self.pingedAt = nil
        var bytes = self.received.joined(with: self.unwrapInboundIn(data))
        do throws(WebSocketError) {
            while self.isOpen, var message = try self.framing.next(&bytes) { self.handle(&message, at: now) }
        } catch {
            self.home.tally.framingErrors += 1
            if error.code == .tooBig {
                self.write(RelayReply.error(.tooBig, "over \(self.home.options.maxMessageBytes) bytes"))
            }
            self.close(code: error.closeCode, reason: error.description)
        }
        if self.isOpen { self.received.keep(bytes) }
    }

    private func handle(_ message: inout WebSocketMessage, at now: NIODeadline) {
        switch message.opcode {
        case .text: self.take(&message.payload, at: now)
        case .binary: self.refuse(.badMessage, "this protocol is spoken in text frames")
        case .ping:
            var frame = ByteBufferAllocator().buffer(capacity: 2 + message.payload.readableBytes)
            WebSocketFraming.frame(.pong, payload: message.payload, into: &frame)
            self.write(frame)
        case .close:
            // Its code comes back, or none where it had none (RFC 6455 §5.5.1).
            let code = message.close.code
            self.close(code: code == 1005 ? nil : code, reason: "")
        case .pong, .continuation: break
        }
    }

    // MARK: Out

    /// Writes a frame that a room has for this client.
    func deliver(_ frame: ByteBuffer, isSignal: Bool) {
        if self.write(frame), isSignal { self.home.tally.deliveries += 1 }
    }

    /// Answers with an error; the connection stays.
    func refuse(_ code: RelayErrorCode, _ message: String, room: [UInt8]? = nil) {
        self.home.tally.refusals += 1
        self.write(RelayReply.error(code, message, room: room))
    }

    /// Hands a frame to the channel, unless the client has let too much wait.
    ///
    /// Then it is disconnected, because a queue without bound would end the server, and dropping single messages would
    /// leave gaps that nobody can see.
    ///
    /// - Returns: whether the frame was handed over.
    @discardableResult
    func write(_ frame: ByteBuffer) -> Bool {
        guard self.isOpen, let context else { return false }
        if !context.channel.isWritable, self.isQueueFull(for: frame.readableBytes, context) {
            self.home.tally.evicted += 1
            let limit = self.home.options.memberQueueBytes
            self.put(RelayReply.error(.tooSlow, "more than \(limit) bytes are waiting for you"), context)
            self.close(code: 1008, reason: "too slow")
            return false
        }
        self.put(frame, context)
        return true
    }

    private func put(_ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        context.write(self.wrapOutboundOut(frame), promise: nil)
        guard !self.needsFlush else { return }
        self.needsFlush = true
        self.home.willFlush(self)
    }

    private func isQueueFull(for bytes: Int, _ context: ChannelHandlerContext) -> Bool {
        guard self.waiting(context) + bytes > self.home.options.memberQueueBytes else { return false }
        // It may only look full because the tick has not been flushed yet.
        self.flush()
        return self.waiting(context) + bytes > self.home.options.memberQueueBytes
    }

    private func waiting(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func flush() {
        guard self.needsFlush else { return }
        self.needsFlush = false
        self.context?.flush()
    }

    // MARK: Life and end

    /// Pings when it is time, and drops a client that showed no life since the last ping.
    func checkLife(_ now: NIODeadline) {
        guard self.isOpen else { return }
        if let pingedAt, now >= pingedAt + .nanoseconds(self.home.options.pingTimeout) {
            self.home.tally.pingTimeouts += 1
            self.context?.close(promise: nil)
            return
        }
        guard now >= self.nextPing else { return }
        self.nextPing = now + .nanoseconds(self.home.options.pingInterval)
        var frame = ByteBufferAllocator().buffer(capacity: 2)
        WebSocketFraming.frame(.ping, payload: ByteBuffer(), into: &frame)
        self.write(frame)
        if self.pingedAt == nil { self.pingedAt = now }
    }

    /// Leaves all rooms, sends a close frame, and ends the stream behind it (RFC 6455 §7.1.1).
    ///
    /// Only the sending half is closed at first: closing both with bytes unread would reset the connection, and the
    /// client might never see why.
    func close(code: UInt16?, reason: String) {
        guard self.isOpen, let context else { return }
        self.phase = .closing
        self.leaveAll()
        var frame = ByteBufferAllocator().buffer(capacity: 127)
        WebSocketFraming.frame(.close, payload: WebSocketFraming.closePayload(code: code, reason: reason), into: &frame)
        self.put(frame, context)
        self.flush()
        context.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .nanoseconds(self.home.options.closeTimeout)) { bound.value.abandon() }
    }

    /// Drops the connection as it is.
    func abandon() { self.context?.close(promise: nil) }

    private func end() {
        if case .closed = self.phase { return }
        self.phase = .closed
        self.leaveAll()
        self.home.remove(self)
        self.member = nil
    }

    /// Gives up every room.
    ///
    /// It may be called in the middle of a broadcast, which finds out that this queue is full. The rooms learn of it
    /// afterwards: else some members would see the departure before that message and some behind it.
    private func leaveAll() {
        guard let member else { return }
        let now = self.home.loop.now
        for membership in self.memberships {
            let name = membership.name
            membership.home.later { $0.hub.remove(member, name, at: now) }
        }
        self.memberships = []
    }
}

@available(*, unavailable)
extension RelayConnection: Sendable {}
