import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// TCP sockets.
package struct SocketNetwork: Network {
    /// Small at first: most of what an agent reads is short, and an idle one should hold next to nothing.
    private static let receiveAllocator = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1_024, maximum: 65_536)

    private let sources: [SocketAddress]
    private let choice: ReachOptions.AddressChoice
    private let turns = Turns()
    private let names: NameResolver

    /// - Parameters:
    ///   - sources: local addresses, taken in turn; empty for the system's choice.
    ///   - choice: which addresses of a name are dialed.
    package init(from sources: [SocketAddress] = [], to choice: ReachOptions.AddressChoice = .first) {
        self.init(from: sources, to: choice, names: NameResolver())
    }

    /// From and to the addresses that the options of a backend name.
    package init(_ reach: ReachOptions) { self.init(from: reach.sourceAddresses, to: reach.addresses) }

    init(from sources: [SocketAddress] = [], to choice: ReachOptions.AddressChoice, names: NameResolver) {
        self.sources = sources
        self.choice = choice
        self.names = names
    }

    package func connect(
        host: String, port: Int, timeout: TimeAmount, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        // An address needs no resolver, which would cost a hop to another thread for each of thousands.
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return self.bootstrap(timeout, on: loop).connect(to: address)
        }
        switch self.choice {
        case .first: return self.bootstrap(timeout, on: loop).connect(host: host, port: port)
        case .spread:
            return self.names.addresses(of: host, port: port, on: loop).flatMap { addresses in
                self.bootstrap(timeout, on: loop).connect(to: addresses[self.turns.nextTarget() % addresses.count])
            }
        }
    }

    package func spawn(_ command: String) throws(DialError) -> any ChildProgram { try PipeProgram(command) }

    private func bootstrap(_ timeout: TimeAmount, on loop: any EventLoop) -> ClientBootstrap {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: Self.receiveAllocator)
        guard !self.sources.isEmpty else { return bootstrap }
        // The port is chosen at the connect, where it only has to differ for one target (ip(7), IP_BIND_ADDRESS_NO_PORT).
        return
            bootstrap
            .channelOption(
                ChannelOptions.Types.SocketOption(level: .ip, name: .init(rawValue: IP_BIND_ADDRESS_NO_PORT)), value: 1
            )
            .bind(to: self.sources[self.turns.nextSource() % self.sources.count])
    }
}

/// Which address is next, shared by all loops.
private final class Turns: Sendable {
    private let sources = Atomic(0)
    private let targets = Atomic(0)

    func nextSource() -> Int { self.sources.add(1, ordering: .relaxed).oldValue }
    func nextTarget() -> Int { self.targets.add(1, ordering: .relaxed).oldValue }
}

/// Looks up all addresses of a name, once.
final class NameResolver: Sendable {
    private let known: Mutex<[String: [SocketAddress]]>

    /// - Parameter known: the addresses of names with their ports (`host:80`), which are not asked for.
    init(known: [String: [SocketAddress]] = [:]) { self.known = Mutex(known) }

    /// The addresses of a name, at least one; a failure is a ``DialError``.
    func addresses(of host: String, port: Int, on loop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        let key = "\(host):\(port)"
        if let known = self.known.withLock({ $0[key] }) { return loop.makeSucceededFuture(known) }
        return NIOSingletons.posixBlockingThreadPool.runIfActive(eventLoop: loop) {
            let found = try Self.lookUp(host, port)
            return self.known.withLock { known in
                known[key] = known[key] ?? found
                return known[key] ?? found
            }
        }
    }

    private static func lookUp(_ host: String, _ port: Int) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &first)
        defer { if let first { freeaddrinfo(first) } }
        var all: [SocketAddress] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ai_next
            guard let raw = entry.pointee.ai_addr else { continue }
            let address: SocketAddress? =
                switch entry.pointee.ai_family {
                case AF_INET:
                    raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee, host: host) }
                case AF_INET6:
                    raw.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee, host: host) }
                default: nil
                }
            if let address, !all.contains(address) { all.append(address) }
        }
        guard status == 0, !all.isEmpty else {
            let why = status == 0 ? "it has none" : String(cString: gai_strerror(status))
            throw DialError(code: .dns, message: "'\(host)' has no address: \(why)")
        }
        return all
    }
}
