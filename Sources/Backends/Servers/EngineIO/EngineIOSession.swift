import NIOCore
import NIOHTTP1

/// One client of an Engine.IO server, by whichever transport it comes.
///
/// Confined to the server's event loop. It begins with long-polling or with a WebSocket; a WebSocket may take over from
/// polling after it has proved itself by a probe. What waits for a client that polls, or does not read, is bounded.
/// Source: https://github.com/socketio/engine.io-protocol.
final class EngineIOSession {
    private enum Transport {
        /// Packets wait for the next GET. Next: webSocket, closed.
        case polling
        /// Packets go out at once. Next: closed.
        case webSocket(EngineIOSocket)
        /// Gone.
        case closed
    }

    let sid: String
    /// Index among the hub's sessions.
    var place = 0
    let version: EngineIOPlan.Version
    /// The request that opened it, for its cookies.
    let request: HTTPRequest
    /// What the application keeps of the client.
    var client: AnyObject?

    private let hub: EngineIOHub
    private var transport: Transport
    /// The GET that waits for packets.
    private var poll: EngineIOConnection?
    /// The POST that is on its way in.
    private var post: EngineIOConnection?
    /// A WebSocket that asked to take over and has not yet.
    private var probe: EngineIOSocket?
    /// When it has to have taken over.
    private var probeEnds = NIODeadline.distantFuture
    private var queue = CircularBuffer<ByteBuffer>()
    private var queuedBytes = 0
    private var isDirty = false
    /// Whether answers to polls are in the binary form of revisions 2 and 3, which the opening request's `b64` declines.
    private let pollsBinary: Bool
    /// Whether the client encodes polled text twice; nil as long as all of it was ASCII.
    private var encodesTwice: Bool?
    /// When the server pings next; never before revision 4, where clients do.
    private var pingAt: NIODeadline
    /// When a client that shows no life is dropped.
    private var silentAt: NIODeadline
    /// Looks after the earliest of these times.
    private var clock: Scheduled<Void>?

    /// Packets in one answer to a poll: as many as python-engineio takes at once.
    private static let packetsPerPoll = 16

    init(_ request: HTTPRequest, version: EngineIOPlan.Version, socket: EngineIOSocket?, hub: EngineIOHub) {
        self.sid = hub.newID()
        self.version = version
        self.request = request
        self.pollsBinary = version != .v4 && (request.query["b64"] ?? "").isEmpty
        self.hub = hub
        self.transport = socket.map(Transport.webSocket) ?? .polling
        let options = hub.options
        let now = hub.loop.now
        self.pingAt = version == .v4 ? now + .nanoseconds(options.pingInterval) : .distantFuture
        self.silentAt = now + .nanoseconds(options.pingInterval + options.pingTimeout)
        let handshake = EngineIOHandshake(
            sid: Array(self.sid.utf8), offersWebSocket: socket == nil,
            pingInterval: max(1, options.pingInterval / 1_000_000),
            pingTimeout: max(1, options.pingTimeout / 1_000_000),
            maxPayload: version == .v4 ? options.maxMessageBytes : nil)
        self.send(.packet(handshake.packet))
        self.setClock()
    }

    var isOpen: Bool {
        if case .closed = self.transport { return false }
        return true
    }

    // MARK: Out

    /// Sends a packet, unless the client has let too much wait: then it is disconnected.
    ///
    /// - Returns: whether it was taken.
    @discardableResult
    func send(_ message: EngineIOMessage) -> Bool {
        switch self.transport {
        case .closed: return false
        case .webSocket(let socket):
            guard socket.write(message.frame) else {
                self.evict()
                return false
            }
        case .polling:
            guard self.queuedBytes + message.packet.readableBytes <= self.hub.options.memberQueueBytes else {
                self.evict()
                return false
            }
            self.queue.append(message.packet)
            self.queuedBytes += message.packet.readableBytes
        }
        if !self.isDirty {
            self.isDirty = true
            self.hub.willFlush(self)
        }
        return true
    }

    private func evict() {
        self.hub.counters.evicted += 1
        self.close(code: 1008, reason: "too slow")
    }

    /// The tick is over: what was sent leaves.
    func flush() {
        self.isDirty = false
        switch self.transport {
        case .webSocket(let socket): socket.flush()
        case .polling: self.answerPoll()
        case .closed: break
        }
    }

    private func answerPoll() {
        guard !self.queue.isEmpty, let poll = self.poll.take() else { return }
        let batch = self.queue.prefix(Self.packetsPerPoll)
        let payload = self.payload(batch)
        self.queuedBytes -= batch.reduce(0) { $0 + $1.readableBytes }
        self.queue.removeFirst(batch.count)
        poll.respond(payload)
    }

    /// The answer to a poll.
    private func payload(_ packets: some Sequence<ByteBuffer>) -> HTTPResponse {
        let form = self.pollsBinary ? "application/octet-stream" : "text/plain; charset=UTF-8"
        let packets = packets.map { self.version == .v4 ? $0 : EngineIOPayload.escaped($0) }
        return HTTPResponse(
            status: .ok, type: form, body: EngineIOPayload.encode(packets, self.version, isBinary: self.pollsBinary))
    }

    // MARK: In

    /// A GET asks for packets; a second one at the same time ends the session.
    func polled(by connection: EngineIOConnection) {
        guard case .polling = self.transport else { return connection.respond(EngineIORefusal.request.response) }
        guard self.poll == nil else {
            connection.respond(EngineIORefusal.request.response)
            self.close(code: 1000, reason: "two polls at a time")
            return
        }
        self.poll = connection
        // A client that is about to change over must not be left waiting.
        if self.probe != nil { self.wakePoll() }
        self.answerPoll()
    }

    /// Gives a poll that waits something to return with.
    private func wakePoll() {
        guard self.poll != nil, self.queue.isEmpty else { return }
        let noop = EngineIOMessage.packet("6").packet
        self.queue.append(noop)
        self.queuedBytes += noop.readableBytes
    }

    /// The GET that waited is gone.
    func pollEnded(_ connection: EngineIOConnection) {
        if self.poll === connection { self.poll = nil }
    }

    /// A POST begins; a second one at the same time ends the session.
    ///
    /// - Returns: whether it may go on.
    func postBegan(_ connection: EngineIOConnection) -> Bool {
        guard self.post == nil else {
            self.close(code: 1000, reason: "two posts at a time")
            return false
        }
        self.post = connection
        return true
    }

    /// A POST was answered, or is gone.
    func postEnded(_ connection: EngineIOConnection) {
        if self.post === connection { self.post = nil }
    }

    /// A POST brings packets.
    func posted(_ body: ByteBuffer, by connection: EngineIOConnection) {
        guard case .polling = self.transport else { return connection.respond(EngineIORefusal.request.response) }
        var packets: [ByteBuffer]
        do throws(EngineIOError) {
            packets = try EngineIOPayload.decode(body, self.version)
        } catch {
            self.hub.counters.framingErrors += 1
            connection.respond(EngineIORefusal.request.response)
            self.close(code: 1002, reason: "\(error)")
            return
        }
        if self.version == .v3, self.encodesTwice != false, body.readableBytesView.first ?? 0 > 1,
            packets.contains(where: { $0.readableBytesView.contains { $0 >= 0x80 } })
        {
            let decoded = EngineIOPayload.decodedAgain(packets)
            self.encodesTwice = decoded != nil
            packets = decoded ?? packets
        }
        connection.respond(.text("ok"))
        for packet in packets where self.isOpen { self.received(packet) }
    }

    /// One packet, by whichever transport.
    func received(_ packet: ByteBuffer) {
        self.silentAt = self.hub.loop.now + .nanoseconds(self.hub.options.pingInterval + self.hub.options.pingTimeout)
        var text = packet
        guard let type = text.readInteger(as: UInt8.self).flatMap(EngineIOPacketType.init(rawValue:)) else {
            self.hub.counters.framingErrors += 1
            return self.close(code: 1002, reason: "no packet of Engine.IO")
        }
        switch type {
        case .message: self.hub.application?.received(text, from: self)
        case .ping:
            // Before revision 4 the client pings, and what it says comes back.
            guard self.version != .v4, text.readableBytes <= 124 else {
                return self.close(code: 1002, reason: "a ping out of place")
            }
            self.send(.packet([EngineIOPacketType.pong.rawValue] + Array(text.readableBytesView)))
        case .close: self.close(code: 1000, reason: "", farewell: .noop)
        case .pong, .noop, .upgrade: break
        case .open: self.close(code: 1002, reason: "open is for the server to say")
        }
    }

    // MARK: Upgrade

    /// A WebSocket asks to take over.
    ///
    /// - Returns: false when there is nothing to take over.
    func probed(by socket: EngineIOSocket) -> Bool {
        guard case .polling = self.transport, self.probe == nil else { return false }
        self.probe = socket
        self.probeEnds = self.hub.loop.now + .nanoseconds(self.hub.options.handshakeTimeout)
        self.setClock()
        return true
    }

    /// Whether a WebSocket has asked and not taken over yet.
    func isProbed(by socket: EngineIOSocket) -> Bool { self.probe === socket }

    /// A packet of a WebSocket that has not taken over yet: `2probe`, then `5`.
    func probe(_ socket: EngineIOSocket, said packet: ByteBuffer) {
        guard self.probe === socket else { return socket.close(code: 1002, reason: "no probe is under way") }
        switch String(buffer: packet) {
        case "2probe":
            _ = socket.write(EngineIOMessage.packet("3probe").frame)
            socket.flush()
            self.wakePoll()
            self.answerPoll()
        case "5":
            self.probe = nil
            self.transport = .webSocket(socket)
            self.poll.take()?.respond(self.payload([EngineIOMessage.packet("6").packet]))
            let waiting = self.queue
            self.queue.removeAll()
            self.queuedBytes = 0
            for packet in waiting { self.send(.packet(Array(packet.readableBytesView))) }
        default:
            self.probe = nil
            socket.close(code: 1002, reason: "no probe")
        }
    }

    /// A WebSocket of this session is gone.
    func socketClosed(_ socket: EngineIOSocket) {
        if self.probe === socket {
            self.probe = nil
        } else if case .webSocket(let current) = self.transport, current === socket {
            self.close(code: 1000, reason: "")
        }
    }

    // MARK: Life and end

    /// Sets the clock to the earliest time that matters; a packet that moves one later leaves the clock as it is.
    private func setClock() {
        self.clock?.cancel()
        let next = min(self.pingAt, self.silentAt, self.probe == nil ? .distantFuture : self.probeEnds)
        let bound = NIOLoopBound(self, eventLoop: self.hub.loop)
        self.clock = self.hub.loop.scheduleTask(deadline: next) {
            let session = bound.value
            session.checkLife(session.hub.loop.now)
            if session.isOpen { session.setClock() }
        }
    }

    /// The server is gone: nothing is looked after any more.
    func stopClock() { self.clock.take()?.cancel() }

    /// Pings when it is time, and drops a client that showed no life, or a WebSocket that does not take over.
    private func checkLife(_ now: NIODeadline) {
        if now >= self.probeEnds, let probe = self.probe.take() {
            self.hub.counters.handshakeTimeouts += 1
            probe.close(code: 1002, reason: "no upgrade in time")
        }
        if now >= self.silentAt {
            self.hub.counters.pingTimeouts += 1
            return self.close(code: 1000, reason: "ping timeout")
        }
        guard now >= self.pingAt else { return }
        self.pingAt = now + .nanoseconds(self.hub.options.pingInterval)
        self.silentAt = min(self.silentAt, now + .nanoseconds(self.hub.options.pingTimeout))
        self.send(.packet("2"))
    }

    /// Ends the session.
    ///
    /// - Parameters:
    ///   - code: the WebSocket's close code.
    ///   - reason: the WebSocket's close reason.
    ///   - farewell: what a poll that waits gets; noop for a client that closed by itself.
    func close(code: UInt16, reason: String, farewell: EngineIOPacketType = .close) {
        let before = self.transport
        if case .closed = before { return }
        self.transport = .closed
        self.stopClock()
        if case .webSocket(let socket) = before { socket.close(code: code, reason: reason) }
        self.probe.take()?.close(code: code, reason: reason)
        self.queue.append(EngineIOMessage.packet([farewell.rawValue]).packet)
        self.poll.take()?.respond(self.payload(self.queue))
        self.queue.removeAll()
        self.hub.ended(self)
    }
}

@available(*, unavailable)
extension EngineIOSession: Sendable {}
