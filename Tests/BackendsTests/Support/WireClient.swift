import Backends
import Glibc
import NIOCore
import NIOPosix
import Testing

/// A WebSocket client for tests, made of the dialer and the framing under test.
final class WireClient: Sendable {
    /// What a client sees.
    enum Event: Equatable, Sendable {
        case text(String)
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        /// A close frame.
        case close(UInt16, String)
        /// The end of the stream.
        case end
    }

    /// An event and when the client's own loop saw it, however busy the test is.
    struct Arrival: Sendable {
        let event: Event
        let time: ContinuousClock.Instant
    }

    struct Timeout: Error {}

    let channel: any Channel
    private let events: AsyncStream<Arrival>

    private init(channel: any Channel, events: AsyncStream<Arrival>) {
        self.channel = channel
        self.events = events
    }

    /// Connects; every reply to a ping is the handler's.
    static func connect(
        _ url: String, id: String = "relay", options: [String: String] = [:], headers: [(String, String)] = [],
        tls: TLSSettings = TLSSettings(), answersPings: Bool = true, group: any EventLoopGroup
    ) async throws -> WireClient {
        let settings = BackendSettings(
            id: id, url: try BackendURL.parse(url), options: options, headers: headers, tls: tls,
            connectTimeout: 5_000_000_000)
        let (stream, continuation) = AsyncStream.makeStream(of: Arrival.self)
        let channel = try await Dialer.dial(Endpoint(settings), on: group.next()) {
            channel, _ in
            try channel.pipeline.syncOperations.addHandler(Handler(continuation, answersPings: answersPings))
        }.get()
        return WireClient(channel: channel, events: stream)
    }

    /// The next event.
    func next(within seconds: Double = 10) async throws -> Event { try await self.arrival(within: seconds).event }

    /// The next event, with its time.
    func arrival(within seconds: Double = 10) async throws -> Arrival {
        let events = self.events
        return try await withThrowingTaskGroup(of: Arrival.self) { group in
            group.addTask {
                for await arrival in events { return arrival }
                return Arrival(event: .end, time: .now)
            }
            group.addTask {
                try await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
                throw Timeout()
            }
            guard let first = try await group.next() else { throw Timeout() }
            group.cancelAll()
            return first
        }
    }

    /// The next text, pings and pongs left out.
    func text(within seconds: Double = 10) async throws -> String {
        while true {
            switch try await self.next(within: seconds) {
            case .text(let text): return text
            case .ping, .pong: continue
            case let other: throw Unexpected(event: other)
            }
        }
    }

    struct Unexpected: Error { let event: Event }

    /// The next close frame, everything before it left out.
    func closeFrame(within seconds: Double = 10) async throws -> UInt16 {
        while true {
            switch try await self.next(within: seconds) {
            case .close(let code, _): return code
            case .end: throw Unexpected(event: .end)
            case .text, .binary, .ping, .pong: continue
            }
        }
    }

    /// Sends a text.
    ///
    /// - Returns: a moment just before its bytes went to the socket.
    func sendTimed(_ text: String) async throws -> ContinuousClock.Instant {
        let channel = self.channel
        var out = ByteBuffer()
        WebSocketFraming.frame(.text, payload: ByteBuffer(string: text), mask: 1, into: &out)
        let frame = out
        return try await channel.eventLoop.submit {
            let time = ContinuousClock.now
            channel.writeAndFlush(frame, promise: nil)
            return time
        }.get()
    }

    func send(_ text: String) async throws {
        try await self.send(frames: [(.text, ByteBuffer(string: text))])
    }

    /// Sends frames in one write.
    func send(frames: [(WebSocketOpcode, ByteBuffer)]) async throws {
        var out = ByteBuffer()
        for (opcode, payload) in frames {
            WebSocketFraming.frame(opcode, payload: payload, mask: .random(in: .min ... .max), into: &out)
        }
        try await self.raw(out)
    }

    /// Sends bytes as they are.
    func raw(_ bytes: ByteBuffer) async throws { try await self.channel.writeAndFlush(bytes) }

    func join(_ room: String) async throws -> String {
        try await self.send(#"{"op":"join","room":"\#(room)"}"#)
        return try await self.text()
    }

    /// Takes the welcome.
    ///
    /// - Returns: the id in it.
    func welcome() async throws -> String {
        let text = try await self.text()
        let prefix = #"{"op":"welcome","id":""#
        guard text.hasPrefix(prefix) else { throw Unexpected(event: .text(text)) }
        return String(text.dropFirst(prefix.count).prefix(16))
    }

    func close() async throws { try await self.channel.close() }

    /// Ends the connection with a reset instead of an orderly end.
    func reset() async throws {
        let provider = try #require(self.channel as? any SocketOptionProvider)
        try await provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await self.channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let events: AsyncStream<Arrival>.Continuation
        private let answersPings: Bool
        private var framing = WebSocketFraming(role: .client)
        private var received = ReceiveBuffer()

        init(_ events: AsyncStream<Arrival>.Continuation, answersPings: Bool) {
            self.events = events
            self.answersPings = answersPings
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = self.received.joined(with: self.unwrapInboundIn(data))
            do {
                while let message = try self.framing.next(&bytes) {
                    let payload = Array(message.payload.readableBytesView)
                    switch message.opcode {
                    case .text: self.tell(.text(String(decoding: payload, as: UTF8.self)))
                    case .binary: self.tell(.binary(payload))
                    case .ping:
                        self.tell(.ping(payload))
                        guard self.answersPings else { continue }
                        var pong = ByteBuffer()
                        WebSocketFraming.frame(.pong, payload: message.payload, mask: 7, into: &pong)
                        context.writeAndFlush(self.wrapOutboundOut(pong), promise: nil)
                    case .pong: self.tell(.pong(payload))
                    case .close: self.tell(.close(message.close.code, message.close.reason))
                    case .continuation: break
                    }
                }
            } catch {
                context.close(promise: nil)
            }
            self.received.keep(bytes)
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.tell(.end)
            self.events.finish()
        }

        private func tell(_ event: Event) { self.events.yield(Arrival(event: event, time: .now)) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
