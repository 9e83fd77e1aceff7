import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Backends

/// The embedded servers, with two clients that say what the input holds, in turn.
enum ServerDecoders {
    /// Option bits: 0 raw bytes instead of framed messages, 1 the routed mode.
    static func relay(_ input: FuzzInput) throws {
        let loop = EmbeddedEventLoop()
        let home = RelayLoop(
            mode: input.has(1) ? .routed : .broadcast, options: ServerOptions(), tls: nil, number: 0, loop: loop)
        home.meet([RelayLoopReference(home)])
        defer {
            // The loops know each other: what holds itself is taken apart.
            home.abandon()
            home.meet([])
            home.abandon()
        }
        try Self.speak(input, on: loop) { RelayConnection(home: home) }
    }

    /// Option bits: 0 raw bytes instead of framed messages, 1 revision 3.
    static func engineIO(
        _ input: FuzzInput, _ application: (EngineIOHub) throws -> any EngineIOApplication
    ) throws {
        let loop = EmbeddedEventLoop()
        let hub = EngineIOHub(options: ServerOptions(), tls: nil, loop: loop)
        hub.start(try application(hub))
        defer { hub.abandon() }
        let version: EngineIOPlan.Version = input.has(1) ? .v3 : .v4
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/socket.io/?transport=websocket")
        try Self.speak(input, on: loop) {
            EngineIOSocket(
                hub: hub, request: HTTPRequest(head: head, body: ByteBuffer()), version: version, session: nil)
        }
    }

    private static func speak(
        _ input: FuzzInput, on loop: EmbeddedEventLoop, _ handler: () -> any ChannelHandler
    ) throws {
        let channels = [0, 1].map { _ in EmbeddedChannel(handler: handler(), loop: loop) }
        for channel in channels { try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait() }
        var said = 0
        for (index, piece) in (input.has(0) ? input.pieces : input.messages).enumerated() {
            let channel = channels[input.has(0) ? 0 : index % 2]
            guard channel.isActive else { continue }
            var bytes = ByteBuffer()
            if input.has(0) {
                bytes.writeBytes(piece)
            } else {
                WebSocketFraming.frame(.text, payload: ByteBuffer(bytes: piece), mask: 0x0102_0304, into: &bytes)
            }
            _ = try? channel.writeInbound(bytes)
            loop.run()
            for channel in channels {
                while let answer = try? channel.readOutbound(as: ByteBuffer.self) { said += answer.readableBytes }
            }
            // Both may hear each message with what the server puts around it, several times over.
            guard said <= 100_000 + 64 * (index + 1) * (input.payload.count + 1_000) else {
                throw Violation("\(said) bytes answer \(input.payload.count)")
            }
        }
        for channel in channels { _ = try? channel.finish(acceptAlreadyClosed: true) }
        loop.run()
    }
}

enum BaasServer {
    static func application(_ hub: EngineIOHub) throws -> any EngineIOApplication { try BaasEmulator(hub: hub) }
}

enum SocketIOServer {
    static func application(_ hub: EngineIOHub) -> any EngineIOApplication { SocketIORelay(hub: hub) }
}
