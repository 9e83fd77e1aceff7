import Backends
import NIOCore
import Simulation

/// An HTTP server that says, byte by byte, what a test tells it to.
final class ScriptedHTTP: ServerLoop {
    /// A request as it came.
    struct Request {
        var line: String
        var head: String
        var body: String
        /// Number of the connection that it came by.
        var connection: Int
    }

    let loop: any EventLoop
    var counters = ServerCounters()
    var isEmpty: Bool { true }
    private(set) var requests: [Request] = []
    private(set) var channels: [any Channel] = []
    /// What to say to a request; it may write to the channel by itself, later.
    var answer: (Request, any Channel) -> String = { _, _ in "" }

    init(_ loop: any EventLoop) { self.loop = loop }

    func accept(_ channel: any Channel) throws {
        self.channels.append(channel)
        try channel.pipeline.syncOperations.addHandler(Reader(self, self.channels.count - 1))
    }

    func drain() {}
    func abandon() { for channel in self.channels { channel.close(promise: nil) } }

    /// A complete answer of 200.
    static func ok(_ body: String, _ fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private unowned let server: ScriptedHTTP
        private let number: Int
        private var text = ""

        init(_ server: ScriptedHTTP, _ number: Int) {
            self.server = server
            self.number = number
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.text += String(buffer: self.unwrapInboundIn(data))
            while let end = self.text.firstRange(of: "\r\n\r\n") {
                let head = String(self.text[..<end.lowerBound])
                let lines = head.split(separator: "\r\n")
                let field = lines.first { $0.lowercased().hasPrefix("content-length:") }
                let length = field.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
                let rest = Array(self.text[end.upperBound...].utf8)
                guard rest.count >= length else { return }
                self.text = String(decoding: rest.dropFirst(length), as: UTF8.self)
                let request = Request(
                    line: String(lines.first ?? ""), head: head,
                    body: String(decoding: rest.prefix(length), as: UTF8.self), connection: self.number)
                self.server.requests.append(request)
                let answer = self.server.answer(request, context.channel)
                if !answer.isEmpty {
                    context.channel.writeAndFlush(ByteBuffer(string: answer), promise: nil)
                }
            }
        }
    }
}

@available(*, unavailable)
extension ScriptedHTTP: Sendable {}
