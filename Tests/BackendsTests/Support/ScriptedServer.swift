import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A TCP server that reads one HTTP request and answers with given bytes.
struct ScriptedServer: Sendable {
    let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    let port: Int
    var url: String { "ws://127.0.0.1:\(self.port)/" }

    /// Starts one; `answer` gives the pieces of the answer to a request, each written by itself; an empty one closes.
    static func start(_ answer: @escaping @Sendable (String) -> [[UInt8]]) async throws -> ScriptedServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await ServerBootstrap(group: group)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Script(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(group: group, listener: listener, port: try #require(listener.localAddress?.port))
    }

    func stop() async throws {
        try await self.listener.close()
        try await self.group.shutdownGracefully()
    }

    /// A right answer to an upgrade request.
    static func upgrade(_ request: String) -> String {
        let field = "Sec-WebSocket-Key: "
        let line = request.split(separator: "\r\n").first { $0.hasPrefix(field) } ?? ""
        let accept = SHA1Accept.key(for: String(line.dropFirst(field.count)))
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(accept)\r\n\r\n"
    }

    private final class Script: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let answer: @Sendable (String) -> [[UInt8]]
        private var request = ""

        init(_ answer: @escaping @Sendable (String) -> [[UInt8]]) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.request += String(buffer: self.unwrapInboundIn(data))
            guard self.request.hasSuffix("\r\n\r\n") else { return }
            for piece in self.answer(self.request) {
                if piece.isEmpty {
                    context.close(promise: nil)
                } else {
                    context.writeAndFlush(NIOAny(ByteBuffer(bytes: piece)), promise: nil)
                }
            }
        }
    }
}

/// Something that a callback saw.
final class Seen: Sendable {
    private let text = Mutex("")
    func set(_ text: String) { self.text.withLock { $0 = text } }
    func get() -> String { self.text.withLock { $0 } }
}
