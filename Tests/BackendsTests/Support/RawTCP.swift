import NIOCore
import NIOPosix

/// A bare TCP client.
enum RawTCP {
    /// Says something and reads until the other end closes.
    static func exchange(_ said: [UInt8], port: Int, group: any EventLoopGroup) async throws -> [UInt8] {
        let heard = group.next().makePromise(of: [UInt8].self)
        let channel = try await ClientBootstrap(group: group.next())
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Ear(heard))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(bytes: said))
        return try await heard.futureResult.get()
    }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let heard: EventLoopPromise<[UInt8]>
        private var bytes: [UInt8] = []

        init(_ heard: EventLoopPromise<[UInt8]>) { self.heard = heard }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.bytes += Array(self.unwrapInboundIn(data).readableBytesView)
        }

        func channelInactive(context: ChannelHandlerContext) { self.heard.succeed(self.bytes) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
