import Backends
package import Measure
package import NIOCore
import NIOPosix
import Workload

/// Stands between agents and a backend, passes bytes on unchanged, and does to them what the faults say.
///
/// It knows no protocol, so that WebSocket, MQTT, HTTP and TLS pass alike. Everything of it lives on one event loop.
package final class FaultProxy: Sendable {
    private let loop: any EventLoop
    private let core: NIOLoopBound<FaultProxyCore>
    private let listener: any Channel

    /// Where it listens.
    package let address: SocketAddress

    private init(loop: any EventLoop, core: NIOLoopBound<FaultProxyCore>, listener: any Channel, address: SocketAddress)
    {
        self.loop = loop
        self.core = core
        self.listener = listener
        self.address = address
    }

    /// Listens.
    ///
    /// - Parameters:
    ///   - listen: host and port to listen on; port 0 takes a free one.
    ///   - target: host and port of the backend.
    ///   - faults: what goes wrong, once ``begin(at:)`` was called.
    ///   - seed: what a fault's share of the connections is drawn from.
    ///   - recorder: reads the signals that pass.
    ///   - group: its event loop is the group's next one.
    /// - Returns: the proxy.
    /// - Throws: what the operating system says of the address.
    static func start(
        on listen: (host: String, port: Int), to target: (host: String, port: Int), faults: [Profile.Fault],
        seed: UInt64, recorder: CallRecorder? = nil, group: any EventLoopGroup
    ) async throws -> FaultProxy {
        let loop = group.next()
        let core = try await loop.submit {
            NIOLoopBound(
                FaultProxyCore(
                    loop: loop, host: target.host, port: target.port,
                    schedule: FaultSchedule(faults: faults, seed: seed), recorder: recorder), eventLoop: loop)
        }.get()
        let listener = try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try core.value.accept(channel) }
            }
            .bind(host: listen.host, port: listen.port).get()
        guard let address = listener.localAddress else { throw ChannelError.unknownLocalAddress }
        return FaultProxy(loop: loop, core: core, listener: listener, address: address)
    }

    /// Starts the clock of the faults.
    ///
    /// - Parameter origin: T0 on the clock of event loops, in nanoseconds.
    package func begin(at origin: Int64) {
        self.loop.execute { self.core.value.begin(at: origin) }
    }

    /// What passed so far.
    package func counters() async throws -> ProxyReport {
        try await self.loop.submit { self.core.value.counters }.get()
    }

    /// What was recorded so far; nil without a recorder.
    func recording() async throws -> CallRecorder? {
        try await self.loop.submit { self.core.value.recorder }.get()
    }

    /// Ends every connection and stops listening.
    package func stop() async {
        try? await self.listener.close().get()
        try? await self.loop.submit { self.core.value.end() }.get()
    }
}

/// Sends every connection of a run to a proxy, whatever its host: names, headers and TLS stay the backend's.
package struct FaultNetwork: Network {
    private let proxy: SocketAddress
    private let base = SocketNetwork()

    package init(to proxy: SocketAddress) { self.proxy = proxy }

    package func connect(
        host: String, port: Int, timeout: TimeAmount, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        self.base.connect(
            host: self.proxy.ipAddress ?? "127.0.0.1", port: self.proxy.port ?? 0, timeout: timeout, on: loop)
    }
}

/// The proxy's connections, on their loop.
final class FaultProxyCore {
    let loop: any EventLoop
    private let host: String
    private let port: Int
    private let schedule: FaultSchedule
    private(set) var recorder: CallRecorder?
    private var origin: Int64?
    private var lines: [Int: FaultLine] = [:]
    private var next = 0
    private var done = ProxyReport()

    init(loop: any EventLoop, host: String, port: Int, schedule: FaultSchedule, recorder: CallRecorder?) {
        self.loop = loop
        self.host = host
        self.port = port
        self.schedule = schedule
        self.recorder = recorder
    }

    var now: Int64 { Int64(self.loop.now.uptimeNanoseconds) }

    var counters: ProxyReport {
        self.lines.values.reduce(into: self.done) { $0.add($1) }
    }

    func begin(at origin: Int64) {
        self.origin = origin
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        for change in self.schedule.changes {
            self.loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(clamping: origin + change))) {
                bound.value.change(at: change)
            }
        }
        self.change(at: self.now - origin)
    }

    /// Something begins or ends.
    private func change(at time: Int64) {
        for (number, fault) in self.schedule.faults.enumerated()
        where fault.kind.isMoment && fault.at.nanoseconds == time {
            for line in self.lines.values where self.schedule.strikes(number, connection: line.number) {
                self.done.cut += 1
                line.end(byReset: fault.kind == .reset)
            }
        }
        for line in self.lines.values { line.set(self.schedule.law(of: line.number, at: time)) }
    }

    func accept(_ client: any Channel) throws {
        self.next += 1
        self.done.connections += 1
        let number = self.next
        let time = self.origin.map { self.now - $0 }
        if let time, self.schedule.refuses(number, at: time) {
            self.done.refused += 1
            FaultLine.reset(client)
            return
        }
        let line = FaultLine(number: number, client: client, core: self)
        if let time { line.set(self.schedule.law(of: number, at: time)) }
        self.lines[number] = line
        try client.pipeline.syncOperations.addHandler(FaultLineEnd(line, .toBackend))
        let bound = NIOLoopBound(line, eventLoop: self.loop)
        ClientBootstrap(group: self.loop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FaultLineEnd(bound.value, .toAgents))
                }
            }
            .connect(host: self.host, port: self.port)
            .whenComplete { result in
                switch result {
                case .success(let backend): bound.value.connected(backend)
                case .failure: bound.value.unreachable()
                }
            }
    }

    /// What clients send, as it is to be passed on.
    func taken(_ bytes: ByteBuffer, by line: FaultLine) -> ByteBuffer {
        self.recorder?.take(bytes, of: line.number, at: self.now) ?? bytes
    }

    func ended(_ line: FaultLine) {
        self.recorder?.ended(line.number)
        guard self.lines.removeValue(forKey: line.number) != nil else { return }
        self.done.add(line)
    }

    func end() {
        for line in self.lines.values { line.end(byReset: false) }
    }
}

extension ProxyReport {
    fileprivate mutating func add(_ line: FaultLine) {
        self.bytesToBackend += line.flow(.toBackend).passed
        self.bytesToAgents += line.flow(.toAgents).passed
        if line.isUnreachable { self.unreachable += 1 }
    }
}

@available(*, unavailable)
extension FaultProxyCore: Sendable {}
