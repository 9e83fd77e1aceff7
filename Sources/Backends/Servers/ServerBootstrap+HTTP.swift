import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension ServerBootstrap {
    /// A listener for small messages on many connections.
    ///
    /// - Parameter group: where connections live.
    /// - Returns: a bootstrap that still wants to know what its connections hold.
    static func forSignaling(on group: any EventLoopGroup) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1_024, maximum: 65_536)
            )
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Adds TLS, when there is any, and HTTP/1.1 with small bounds.
    ///
    /// - Returns: the HTTP handlers, which go once a connection has become a WebSocket.
    /// - Throws: when the pipeline does not take them.
    func addHTTP(over tls: NIOSSLContext?) throws -> [any RemovableChannelHandler] {
        if let tls { try self.addHandler(NIOSSLServerHandler(context: tls)) }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 8 << 10
        limits.maxHeaderListSize = 16 << 10
        let encoder = HTTPResponseEncoder()
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
        try self.addHandlers([encoder, decoder])
        return [encoder, decoder]
    }
}
