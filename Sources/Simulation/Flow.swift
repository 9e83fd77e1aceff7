import NIOCore
import Signaling

/// One direction of a link: the sender's kernel buffer, the wire, and the receiver's buffer.
final class Flow {
    private enum Item {
        case bytes(ByteBuffer)
        /// The sender closed its half.
        case end
    }

    private let loop: VirtualLoop
    private let options: LinkOptions
    private var random: SplitMix64
    weak var sender: SimulatedChannel?
    weak var receiver: SimulatedChannel?
    /// Sees bytes as they are sent and read.
    var log: FlowLog?
    /// The work of the server whose end this is, where it has a service law; told by ``way``, before or behind the wire.
    var service: ServiceQueue.Work?
    private let way: Way

    /// In the sender's kernel.
    private var queue = CircularBuffer<Item>(initialCapacity: 2)
    private var queuedBytes = 0
    /// Arrived while the direction is frozen.
    private var held = CircularBuffer<Item>(initialCapacity: 2)
    private var flyingBytes = 0
    /// In the receiver's kernel.
    private var arrived = CircularBuffer<Item>(initialCapacity: 2)
    private var arrivedBytes = 0
    private var wireFree = NIODeadline.uptimeNanoseconds(0)
    private var lastArrival = NIODeadline.uptimeNanoseconds(0)
    private var lastServed = NIODeadline.uptimeNanoseconds(0)
    private var beingServed = 0
    private var readableAt: NIODeadline?
    private(set) var isFrozen = false
    private var isResetHeld = false
    /// Nothing more is taken; what is under way arrives.
    private var isShut = false
    /// Called when bytes arrive for an end that is closed.
    var onStray: (() -> Void)?
    /// A reset, or the end of everything: nothing passes any more.
    private(set) var isDead = false

    init(_ way: Way, loop: VirtualLoop, options: LinkOptions, seed: UInt64) {
        self.way = way
        self.loop = loop
        self.options = options
        self.random = SplitMix64(seed: seed)
    }

    /// Room in the sender's kernel.
    var room: Int { max(0, self.options.sendBuffer - self.queuedBytes) }

    var hasArrived: Bool { !self.arrived.isEmpty }

    var hasUnreadBytes: Bool { self.arrivedBytes > 0 }

    // MARK: Sender

    func send(_ bytes: ByteBuffer) {
        guard !self.isDead, !self.isShut else { return }
        self.log?.sent(bytes, at: self.loop.now)
        self.queuedBytes += bytes.readableBytes
        self.queue.append(.bytes(bytes))
    }

    func sendEnd() {
        guard !self.isDead, !self.isShut else { return }
        self.queue.append(.end)
        self.transmit()
    }

    /// Puts on the wire what the receiver's window takes.
    func transmit() {
        while !self.isDead, !self.isFrozen, let item = self.queue.first {
            switch item {
            case .end:
                self.queue.removeFirst()
                self.fly(.end, 0)
            case .bytes(var bytes):
                let window = self.options.receiveBuffer - self.flyingBytes - self.arrivedBytes
                guard window > 0 else { return }
                let size = min(window, bytes.readableBytes, self.options.readSize)
                let isAll = size == bytes.readableBytes
                let part = bytes.readSlice(length: size) ?? ByteBuffer()
                if isAll { self.queue.removeFirst() } else { self.queue[self.queue.startIndex] = .bytes(bytes) }
                for chunk in self.chunks(of: part) { self.fly(.bytes(chunk), chunk.readableBytes) }
            }
        }
    }

    private func chunks(of bytes: ByteBuffer) -> [ByteBuffer] {
        guard case .split(let most) = self.options.chunking, bytes.readableBytes > 1, most > 0 else { return [bytes] }
        var rest = bytes
        var chunks: [ByteBuffer] = []
        for _ in 0..<self.random.uniform(below: most + 1) where rest.readableBytes > 1 {
            let size = 1 + self.random.uniform(below: rest.readableBytes - 1)
            if let chunk = rest.readSlice(length: size) { chunks.append(chunk) }
        }
        return chunks + [rest]
    }

    private func fly(_ item: Item, _ size: Int) {
        var leaves = max(self.loop.now, self.wireFree)
        if self.way == .toClient, case .bytes(let bytes) = item,
            let done = self.service?.take(bytes, at: self.loop.now)
        {
            leaves = max(leaves, done)
        }
        if let bandwidth = self.options.bandwidth {
            leaves = leaves + .nanoseconds(Int64(Double(size) / Double(bandwidth) * 1e9))
        }
        self.wireFree = leaves
        self.flyingBytes += size
        self.lastArrival = max(self.lastArrival, leaves + self.options.delay.draw(&self.random))
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.at(leaves) { bound.value.left(size) }
        self.loop.at(self.lastArrival) { bound.value.arrive(item, size) }
    }

    /// Bytes are out of the sender's kernel.
    private func left(_ size: Int) {
        self.queuedBytes -= size
        if size > 0, !self.isDead { self.sender?.roomAgain() }
    }

    // MARK: Receiver

    private func arrive(_ item: Item, _ size: Int) {
        guard !self.isDead else { return }
        guard !self.isFrozen else {
            self.held.append(item)
            return
        }
        // In the server's queue until a core has done it, and behind what came before.
        if self.way == .toServer, case .bytes(let bytes) = item,
            let done = self.service?.take(bytes, at: self.loop.now)
        {
            self.lastServed = max(self.lastServed, done)
        }
        guard self.beingServed > 0 || self.lastServed > self.loop.now else { return self.land(item, size) }
        self.beingServed += 1
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.at(max(self.lastServed, self.loop.now)) {
            bound.value.beingServed -= 1
            bound.value.land(item, size)
        }
    }

    /// Puts what arrived where the receiver reads it.
    private func land(_ item: Item, _ size: Int) {
        guard !self.isDead else { return }
        self.flyingBytes -= size
        guard self.receiver?.isGone == false else {
            if size > 0 { self.onStray?() }
            return
        }
        self.arrivedBytes += size
        self.arrived.append(item)
        guard case .glue(let time) = self.options.chunking, time > .zero else {
            self.receiver?.arrived()
            return
        }
        guard self.readableAt == nil else { return }
        let at = self.loop.now + time
        self.readableAt = at
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.at(at) {
            bound.value.readableAt = nil
            bound.value.receiver?.arrived()
        }
    }

    /// What one read of the receiver gives.
    enum Read {
        case nothing
        case bytes(ByteBuffer)
        case end
    }

    func read() -> Read {
        guard self.readableAt == nil, let first = self.arrived.popFirst() else { return .nothing }
        guard case .bytes(var bytes) = first else { return .end }
        if case .glue = self.options.chunking {
            while bytes.readableBytes < self.options.readSize, case .bytes(var more)? = self.arrived.first {
                self.arrived.removeFirst()
                bytes.writeBuffer(&more)
            }
        }
        self.arrivedBytes -= bytes.readableBytes
        self.log?.read(bytes, at: self.loop.now)
        self.transmit()
        return .bytes(bytes)
    }

    // MARK: Faults

    func freeze() { self.isFrozen = true }

    func thaw() {
        guard self.isFrozen else { return }
        self.isFrozen = false
        if self.isResetHeld {
            self.isResetHeld = false
            self.receiver?.reset()
            return
        }
        let held = self.held
        self.held.removeAll()
        for item in held {
            if case .bytes(let bytes) = item { self.arrive(item, bytes.readableBytes) } else { self.arrive(item, 0) }
        }
        self.transmit()
    }

    /// Ends the stream behind what is under way, as something between the ends does.
    func cut() {
        guard !self.isDead, !self.isShut else { return }
        self.queue.removeAll()
        self.sendEnd()
        self.isShut = true
    }

    /// The sender is gone with bytes unread, or sends to nobody: the other end gets a reset, ahead of what was queued.
    func abort() {
        guard !self.isDead, !self.isShut else { return }
        self.isShut = true
        self.queue.removeAll()
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.at(max(self.loop.now, self.lastArrival) + self.options.delay.draw(&self.random)) {
            bound.value.resetReceiver()
        }
    }

    private func resetReceiver() {
        if self.isFrozen {
            self.isResetHeld = true
        } else {
            self.receiver?.reset()
        }
    }

    /// Drops everything under way, without a word to anybody.
    func kill() {
        self.isDead = true
        self.queue.removeAll()
        self.held.removeAll()
        self.arrived.removeAll()
        self.arrivedBytes = 0
    }
}
