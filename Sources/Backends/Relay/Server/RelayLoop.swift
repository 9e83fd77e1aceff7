import NIOCore
import NIOSSL
import Signaling

/// What a relay keeps on one event loop: its connections, the rooms that live there, and the ends of its ticks.
final class RelayLoop: ServerLoop {
    let loop: any EventLoop
    let number: Int
    let mode: RelayMode
    let options: ServerOptions
    let hub: RelayHub
    private let tls: NIOSSLContext?
    /// What it has done, without ``ServerCounters/rooms``.
    var tally = ServerCounters()
    private var random: ServerRandom
    /// Whether the server ends: nobody new is let in.
    private(set) var isDraining = false
    /// All loops of the server, this one included.
    private(set) var peers: [RelayLoopReference] = []

    private var connections: [RelayConnection] = []
    private var dirty: [RelayConnection] = []
    private var handshakes: [ObjectIdentifier: any Channel] = [:]
    private var sweep: RepeatedTask?

    init(mode: RelayMode, options: ServerOptions, tls: NIOSSLContext?, number: Int, loop: any EventLoop) {
        self.random = ServerRandom(seed: options.seed)
        self.tls = tls
        self.mode = mode
        self.options = options
        self.number = number
        self.loop = loop
        self.hub = RelayHub(mode: mode, options: options, number: number, loop: loop)
    }

    /// Makes the loops known to each other; before the first connection.
    func meet(_ peers: [RelayLoopReference]) {
        self.peers = peers
        self.hub.peers = peers
        let shortest = min(self.options.pingInterval, self.options.pingTimeout)
        let pause = TimeAmount.nanoseconds(min(max(shortest / 10, 5_000_000), 1_000_000_000))
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.sweep = self.loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in
            let relayLoop = bound.value
            let now = relayLoop.loop.now
            for connection in relayLoop.connections { connection.checkLife(now) }
        }
    }

    /// The hub where a room lives.
    func home(of room: [UInt8]) -> RelayLoopReference {
        guard self.peers.count > 1 else { return self.peers[0] }
        return self.peers[Int(FNV1a.hash(room) % UInt64(self.peers.count))]
    }

    var counters: ServerCounters {
        var all = self.tally
        all.rooms = self.hub.roomCount
        return all
    }

    /// An id for a client: 64 bits, never zero.
    func newID() -> UInt64 { .random(in: 1...(.max), using: &self.random) }

    // MARK: Connections

    func accept(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let codec = try pipeline.addHTTP(over: self.tls)
        try pipeline.addHandler(RelayHandshake(home: self, codec: codec))
    }

    func began(_ channel: any Channel) { self.handshakes[ObjectIdentifier(channel)] = channel }

    func ended(_ channel: any Channel) { self.handshakes[ObjectIdentifier(channel)] = nil }

    func add(_ connection: RelayConnection) {
        connection.place = self.connections.count
        self.connections.append(connection)
        self.tally.accepted += 1
        self.tally.open += 1
    }

    func remove(_ connection: RelayConnection) {
        guard connection.place >= 0 else { return }
        let last = self.connections.removeLast()
        if last !== connection {
            self.connections[connection.place] = last
            last.place = connection.place
        }
        connection.place = -1
        self.tally.open -= 1
    }

    // MARK: Ticks

    /// A connection has something to flush; all of them are flushed once, after the loop has read all that was ready.
    func willFlush(_ connection: RelayConnection) {
        self.dirty.append(connection)
        guard self.dirty.count == 1 else { return }
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.execute { bound.value.flush() }
    }

    private func flush() {
        let dirty = self.dirty
        self.dirty.removeAll(keepingCapacity: true)
        for connection in dirty { connection.flush() }
    }

    // MARK: End

    /// Says goodbye to everybody (RFC 6455 §7.4.1: 1001, going away).
    func drain() {
        self.isDraining = true
        for channel in self.handshakes.values { channel.close(promise: nil) }
        for connection in self.connections { connection.close(code: 1001, reason: "the server is going away") }
    }

    var isEmpty: Bool { self.connections.isEmpty && self.handshakes.isEmpty }

    /// Drops whoever is left.
    func abandon() {
        self.sweep?.cancel()
        for channel in self.handshakes.values { channel.close(promise: nil) }
        for connection in self.connections { connection.abandon() }
    }
}

@available(*, unavailable)
extension RelayLoop: Sendable {}
