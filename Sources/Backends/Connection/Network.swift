package import NIOCore
import NIOPosix

/// Opens byte channels to a backend: sockets in a run, links in a simulation.
///
/// A channel is handed over in the turn of the loop in which it was connected, before it reads anything, so that its
/// handlers can be added without losing a byte.
package protocol Network: Sendable {
    /// Opens one byte channel.
    ///
    /// - Parameters:
    ///   - host: name or address.
    ///   - port: TCP port.
    ///   - timeout: how long the connect may take.
    ///   - loop: where the channel lives.
    /// - Returns: the connected channel, with an empty pipeline; a failure is whatever the network says, which
    ///   ``DialError/init(cause:url:)`` puts into words.
    func connect(
        host: String, port: Int, timeout: TimeAmount, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel>
}

/// TCP sockets.
package struct SocketNetwork: Network {
    /// Small at first: most of what an agent reads is short, and an idle one should hold next to nothing.
    private static let receiveAllocator = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1_024, maximum: 65_536)

    package init() {}

    package func connect(
        host: String, port: Int, timeout: TimeAmount, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: Self.receiveAllocator)
        // An address needs no resolver, which would cost a hop to another thread for each of thousands.
        return if let address = try? SocketAddress(ipAddress: host, port: port) {
            bootstrap.connect(to: address)
        } else {
            bootstrap.connect(host: host, port: port)
        }
    }
}
