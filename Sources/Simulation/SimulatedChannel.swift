import Glibc
package import NIOCore

/// One end of a simulated link: a channel as a TCP socket's is, back-pressure and half-closed streams included.
///
/// `EmbeddedChannel` is always writable and ignores whether its owner reads, so it cannot stand for a socket.
///
/// Sound as `Sendable` because it is confined to the thread of its loop: what changes it by way of NIO (`write0`, `flush0`, `read0`,
/// `close0`, the options) traps on another one, and its own methods are called by links and tasks of that loop alone.
package final class SimulatedChannel: Channel, ChannelCore, @unchecked Sendable {
    private enum Phase {
        /// Made, and not connected yet. Next: open, closed.
        case new
        /// Both ways. Next: closed.
        case open
        case closed
    }

    private let loop: VirtualLoop
    private let outgoing: Flow
    private let incoming: Flow
    private let closePromise: EventLoopPromise<Void>
    private lazy var line = ChannelPipeline(channel: self)
    /// Called once when it is closed.
    var onClose: (() -> Void)?

    private var phase = Phase.new
    private var isOutputClosed = false
    private var isInputClosed = false
    private var isEndOwed = false
    private var allowsHalfClosure = false
    private var autoReads = true
    private var wantsRead = false
    private var isDelivering = false

    /// What waits for room in the kernel; of it, what may leave.
    private var waiting = MarkedCircularBuffer<(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)>(
        initialCapacity: 2)
    private var waitingBytes = 0
    private var isFull = false
    private var mark = ChannelOptions.Types.WriteBufferWaterMark(low: 32 << 10, high: 64 << 10)

    init(loop: VirtualLoop, outgoing: Flow, incoming: Flow) {
        self.loop = loop
        self.outgoing = outgoing
        self.incoming = incoming
        self.closePromise = loop.makePromise()
        outgoing.sender = self
        incoming.receiver = self
    }

    /// The connection stands: the pipeline is told, and reading begins.
    func activate() {
        guard case .new = self.phase else { return }
        self.phase = .open
        self.line.syncOperations.fireChannelRegistered()
        self.line.syncOperations.fireChannelActive()
        self.readIfWanted()
    }

    // MARK: Channel

    package let allocator = ByteBufferAllocator()
    package var closeFuture: EventLoopFuture<Void> { self.closePromise.futureResult }
    package var pipeline: ChannelPipeline { self.line }
    package var localAddress: SocketAddress? { nil }
    package var remoteAddress: SocketAddress? { nil }
    package var parent: (any Channel)? { nil }
    package var isWritable: Bool { !self.isFull }
    package var eventLoop: any EventLoop { self.loop }
    package var _channelCore: any ChannelCore { self }
    package var syncOptions: (any NIOSynchronousChannelOptions)? { SynchronousOptions(channel: self) }

    package var isActive: Bool {
        if case .open = self.phase { return true }
        return false
    }

    /// Bytes that were written and are not in the kernel.
    package var waitingForRoom: Int { self.waitingBytes }

    package func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        self.loop.preconditionInEventLoop()
        return self.loop.makeCompletedFuture { try self.set(option, value) }
    }

    package func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        self.loop.preconditionInEventLoop()
        return self.loop.makeCompletedFuture { try self.get(option) }
    }

    private struct SynchronousOptions: NIOSynchronousChannelOptions {
        let channel: SimulatedChannel

        func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
            try self.channel.set(option, value)
        }

        func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value { try self.channel.get(option) }
    }

    private func set<Option: ChannelOption>(_ option: Option, _ value: Option.Value) throws {
        guard self.isOpen else { throw ChannelError.ioOnClosedChannel }
        switch value {
        case let value as Bool where option is ChannelOptions.Types.AutoReadOption:
            self.autoReads = value
            if value { self.line.syncOperations.read() }
        case let value as Bool where option is ChannelOptions.Types.AllowRemoteHalfClosureOption:
            self.allowsHalfClosure = value
        case let value as ChannelOptions.Types.WriteBufferWaterMark: self.mark = value
        default:
            // What a socket would do with it changes nothing here, such as TCP_NODELAY.
            guard option is ChannelOptions.Types.SocketOption || option is ChannelOptions.Types.RecvAllocatorOption
            else { throw ChannelError.operationUnsupported }
        }
    }

    private func get<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
        guard self.isOpen else { throw ChannelError.ioOnClosedChannel }
        let value: Any? =
            switch option {
            case is ChannelOptions.Types.AutoReadOption: self.autoReads
            case is ChannelOptions.Types.AllowRemoteHalfClosureOption: self.allowsHalfClosure
            case is ChannelOptions.Types.BufferedWritableBytesOption: self.waitingBytes
            case is ChannelOptions.Types.WriteBufferWaterMarkOption: self.mark
            default: nil
            }
        guard let value = value as? Option.Value else { throw ChannelError.operationUnsupported }
        return value
    }

    /// Whether it is closed, so that what comes for it is answered with a reset.
    var isGone: Bool { !self.isOpen }

    private var isOpen: Bool {
        if case .closed = self.phase { return false }
        return true
    }

    // MARK: Out

    package func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.loop.preconditionInEventLoop()
        guard self.isOpen, !self.isOutputClosed else {
            promise?.fail(self.isOpen ? ChannelError.outputClosed : ChannelError.ioOnClosedChannel)
            return
        }
        let bytes = self.unwrapData(data, as: ByteBuffer.self)
        self.waitingBytes += bytes.readableBytes
        self.waiting.append((bytes, promise))
        if self.waitingBytes > self.mark.high, !self.isFull {
            self.isFull = true
            self.line.syncOperations.fireChannelWritabilityChanged()
        }
    }

    package func flush0() {
        self.loop.preconditionInEventLoop()
        self.waiting.mark()
        self.push()
    }

    /// Moves what may leave into the kernel, as far as it has room.
    private func push() {
        guard self.isActive else { return }
        var done: [EventLoopPromise<Void>] = []
        while self.waiting.hasMark, let first = self.waiting.first {
            let room = self.outgoing.room
            if room == 0, first.bytes.readableBytes > 0 { break }
            if first.bytes.readableBytes <= room {
                _ = self.waiting.popFirst()
                if first.bytes.readableBytes > 0 { self.outgoing.send(first.bytes) }
                self.waitingBytes -= first.bytes.readableBytes
                if let promise = first.promise { done.append(promise) }
            } else {
                var rest = first.bytes
                if let part = rest.readSlice(length: room) { self.outgoing.send(part) }
                self.waiting[self.waiting.startIndex] = (rest, first.promise)
                self.waitingBytes -= room
            }
        }
        self.outgoing.transmit()
        for promise in done { promise.succeed() }
        if self.isEndOwed, !self.waiting.hasMark { self.sendEnd() }
        if self.isFull, self.waitingBytes < self.mark.low {
            self.isFull = false
            self.line.syncOperations.fireChannelWritabilityChanged()
        }
    }

    /// The kernel took something off.
    func roomAgain() {
        if self.waiting.hasMark || self.isEndOwed { self.push() }
    }

    private func sendEnd() {
        self.isEndOwed = false
        self.outgoing.sendEnd()
    }

    // MARK: In

    package func read0() {
        self.loop.preconditionInEventLoop()
        guard self.isOpen else { return }
        self.wantsRead = true
        guard self.incoming.hasArrived, !self.isDelivering else { return }
        // As with a socket, what is ready is read in the next turn.
        self.loop.execute { self.arrived() }
    }

    /// Something is there to be read, or might be.
    func arrived() {
        guard self.isActive, self.wantsRead, !self.isDelivering else { return }
        self.isDelivering = true
        defer { self.isDelivering = false }
        while self.isActive, self.wantsRead {
            switch self.incoming.read() {
            case .nothing: return
            case .bytes(let bytes):
                self.wantsRead = false
                self.line.syncOperations.fireChannelRead(NIOAny(bytes))
                guard self.isActive else { return }
                self.line.syncOperations.fireChannelReadComplete()
                self.readIfWanted()
            case .end:
                self.wantsRead = false
                self.ended()
            }
        }
    }

    private func readIfWanted() {
        if self.autoReads, self.isActive, !self.isInputClosed { self.line.syncOperations.read() }
    }

    private func ended() {
        guard self.allowsHalfClosure, !self.isOutputClosed else { return self.close(ChannelError.eof) }
        self.isInputClosed = true
        self.line.syncOperations.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        if self.isActive { self.line.syncOperations.fireChannelReadComplete() }
    }

    /// The other end, or the network, reset the connection.
    func reset() {
        guard self.isOpen else { return }
        let error = IOError(errnoCode: ECONNRESET, reason: "read")
        self.outgoing.kill()
        self.incoming.kill()
        self.line.syncOperations.fireErrorCaught(error)
        self.close(error)
    }

    // MARK: End

    package func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        self.loop.preconditionInEventLoop()
        guard self.isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        switch mode {
        case .all:
            self.close(error)
            promise?.succeed()
        case .output:
            guard !self.isOutputClosed else {
                promise?.fail(ChannelError.outputClosed)
                return
            }
            self.isOutputClosed = true
            self.isEndOwed = true
            promise?.succeed()
            self.line.syncOperations.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
            if self.isInputClosed { self.close(error) } else { self.push() }
        case .input: promise?.fail(ChannelError.operationUnsupported)
        }
    }

    /// Ends both ways; as a kernel does, with a reset when something was left unread.
    private func close(_ error: any Error) {
        guard self.isOpen else { return }
        let wasActive = self.isActive
        self.phase = .closed
        if self.incoming.hasUnreadBytes {
            self.outgoing.abort()
        } else if !self.isOutputClosed || self.isEndOwed {
            self.isOutputClosed = true
            self.sendEnd()
        }
        let waiting = self.waiting
        self.waiting = MarkedCircularBuffer(initialCapacity: 0)
        self.waitingBytes = 0
        for item in waiting { item.promise?.fail(error) }
        if wasActive { self.line.syncOperations.fireChannelInactive() }
        self.line.syncOperations.fireChannelUnregistered()
        self.onClose.take()?()
        self.loop.execute {
            self.removeHandlers(pipeline: self.line)
            self.closePromise.succeed()
        }
    }

    // MARK: What a connected channel has no use for

    package func localAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }

    package func remoteAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }

    package func register0(promise: EventLoopPromise<Void>?) { promise?.succeed() }

    package func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { promise?.succeed() }

    package func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func channelRead0(_ data: NIOAny) {}

    package func errorCaught0(error: any Error) {}
}
