import Glibc
import NIOCore

/// One connection through the proxy: two channels, and a ``FaultFlow`` each way.
final class FaultLine {
    enum Direction: Int {
        case toBackend = 0
        case toAgents = 1
    }

    let number: Int
    private let core: FaultProxyCore
    private let client: any Channel
    private var backend: (any Channel)?
    private var flows = [FaultFlow(), FaultFlow()]
    private var timers: [Scheduled<Void>?] = [nil, nil]
    /// Whether the sender of a direction has ended it, and whether that was passed on.
    private var hasEnded = [false, false]
    private var hasPassedEnd = [false, false]
    private var isOver = false
    private(set) var isUnreachable = false

    init(number: Int, client: any Channel, core: FaultProxyCore) {
        self.number = number
        self.client = client
        self.core = core
    }

    func flow(_ direction: Direction) -> FaultFlow { self.flows[direction.rawValue] }

    /// Changes what holds from now on.
    func set(_ law: FaultFlow.Law) {
        guard !self.isOver else { return }
        for direction in [Direction.toBackend, .toAgents] {
            self.flows[direction.rawValue].set(law)
            self.pump(direction)
        }
    }

    func connected(_ backend: any Channel) {
        guard !self.isOver else { return backend.close(promise: nil) }
        self.backend = backend
        self.setAutoRead(self.client, true)
        self.pump(.toBackend)
    }

    func unreachable() {
        self.isUnreachable = true
        self.end(byReset: true)
    }

    func received(_ direction: Direction, _ bytes: ByteBuffer) {
        let bytes = direction == .toBackend ? self.core.taken(bytes, by: self) : bytes
        self.flows[direction.rawValue].push(bytes, at: self.core.now)
        self.pump(direction)
    }

    /// The sender of a direction said that nothing more comes.
    func ended(_ direction: Direction) {
        self.hasEnded[direction.rawValue] = true
        self.pump(direction)
    }

    /// A channel is gone: after what is under way, so is the other one.
    func closed(_ direction: Direction) {
        self.ended(direction)
        self.hasPassedEnd[1 - direction.rawValue] = true
        self.endIfOver()
    }

    /// Ends both sides at once.
    func end(byReset: Bool) {
        guard !self.isOver else { return }
        self.isOver = true
        for timer in self.timers { timer?.cancel() }
        for channel in [self.client, self.backend].compactMap({ $0 }) {
            if byReset { Self.reset(channel) } else { channel.close(promise: nil) }
        }
        self.core.ended(self)
    }

    /// Closes a channel with RST: a linger time of zero discards what is left (socket(7), SO_LINGER).
    static func reset(_ channel: any Channel) {
        let now = linger(l_onoff: 1, l_linger: 0)
        guard let socket = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
        socket.setSoLinger(now).whenComplete { _ in channel.close(promise: nil) }
    }

    func pump(_ direction: Direction) {
        guard !self.isOver else { return }
        let at = direction.rawValue
        guard let target = direction == .toBackend ? self.backend : self.client else { return }
        let now = self.core.now
        while target.isWritable, let bytes = self.flows[at].pop(at: now) {
            target.writeAndFlush(bytes, promise: nil)
        }
        let source = direction == .toBackend ? self.client : self.backend
        if let source { self.setAutoRead(source, !self.flows[at].isFull && target.isWritable) }
        self.wait(direction)
        guard self.hasEnded[at], self.flows[at].isEmpty, !self.flows[at].law.isStalled, !self.hasPassedEnd[at] else {
            return
        }
        self.hasPassedEnd[at] = true
        target.close(mode: .output, promise: nil)
        self.endIfOver()
    }

    private func endIfOver() {
        if self.hasPassedEnd[0], self.hasPassedEnd[1] { self.end(byReset: false) }
    }

    /// Comes back when the next bytes are due.
    private func wait(_ direction: Direction) {
        let at = direction.rawValue
        self.timers[at]?.cancel()
        self.timers[at] = nil
        guard let next = self.flows[at].next, next > self.core.now else { return }
        let bound = NIOLoopBound(self, eventLoop: self.core.loop)
        self.timers[at] = self.core.loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(clamping: next))) {
            bound.value.pump(direction)
        }
    }

    private func setAutoRead(_ channel: any Channel, _ isOn: Bool) {
        try? channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}

@available(*, unavailable)
extension FaultLine: Sendable {}

/// The end of one direction at which its bytes come in.
final class FaultLineEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let line: FaultLine
    private let direction: FaultLine.Direction

    init(_ line: FaultLine, _ direction: FaultLine.Direction) {
        self.line = line
        self.direction = direction
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.line.received(self.direction, self.unwrapInboundIn(data))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // What is written here comes from the other side.
        self.line.pump(self.direction == .toBackend ? .toAgents : .toBackend)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { self.line.ended(self.direction) }
    }

    func channelInactive(context: ChannelHandlerContext) { self.line.closed(self.direction) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.line.end(byReset: true) }
}

@available(*, unavailable)
extension FaultLineEnd: Sendable {}
