import Foundation
import NIOCore
import NIOPosix
import Signaling

/// How to find out that a server which says nothing takes connections.
package enum ReadyCheck: Equatable, Sendable {
    /// A TCP connection is accepted.
    case connect(host: String, port: Int)
    /// An HTTP GET is answered with a status below 500 (RFC 9110, 15).
    case get(host: String, port: Int, path: String)

    /// Reads the profile's `readyCheck`.
    ///
    /// - Parameter text: `host:port`, `tcp://host:port` or `http://host[:port][/path]`.
    /// - Throws: `HarnessError` (bad URL) when it is none of them.
    package init(_ text: String) throws(HarnessError) {
        let (scheme, rest) = Self.split(text)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let path = slash == rest.endIndex ? "/" : String(rest[slash...])
        guard ["tcp", "http"].contains(scheme),
            let authority = Self.authority(rest[..<slash], fallback: scheme == "http" ? 80 : nil)
        else {
            throw HarnessError(
                .badURL, "readyCheck '\(text)' is neither host:port, tcp://host:port nor http://host:port/path",
                cure: "for example readyCheck: tcp://127.0.0.1:1883")
        }
        switch scheme {
        case "http": self = .get(host: authority.host, port: authority.port, path: path)
        default: self = .connect(host: authority.host, port: authority.port)
        }
    }

    /// Where it asks, for messages.
    package var place: String {
        switch self {
        case .connect(let host, let port): "\(host):\(port)"
        case .get(let host, let port, let path): "http://\(host):\(port)\(path)"
        }
    }

    package var host: String {
        switch self {
        case .connect(let host, _), .get(let host, _, _): host
        }
    }

    package var port: Int {
        switch self {
        case .connect(_, let port), .get(_, let port, _): port
        }
    }

    private static func split(_ text: String) -> (scheme: String, rest: Substring) {
        guard let range = text.firstRange(of: "://") else { return ("tcp", text[...]) }
        return (text[..<range.lowerBound].lowercased(), text[range.upperBound...])
    }

    private static func authority(_ text: Substring, fallback: Int?) -> (host: String, port: Int)? {
        var host = text
        var port = fallback
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            host = text[..<colon]
            port = Int(text[text.index(after: colon)...])
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, let port, (1...65535).contains(port) else { return nil }
        return (String(host), port)
    }
}

/// The one line that `serve` prints on standard output once it takes connections.
package struct ReadyLine: Codable, Equatable, Sendable {
    package var ready: Bool
    package var backend: String
    package var url: String
    package var pid: Int32

    package init(backend: String, url: String, pid: Int32) {
        self.ready = true
        self.backend = backend
        self.url = url
        self.pid = pid
    }

    /// Reads a line; `nil` when it is another one, or does not say `"ready":true`.
    ///
    /// - Parameter line: one line of a child's standard output.
    package init?(line: String) {
        guard let read = try? JSONDecoder().decode(ReadyLine.self, from: Data(line.utf8)), read.ready else {
            return nil
        }
        self = read
    }

    /// The line without its end, keys in the order of the documentation.
    package var line: String {
        "{\"ready\":true,\"backend\":\(Self.quoted(self.backend)),\"url\":\(Self.quoted(self.url)),\"pid\":\(self.pid)}"
    }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let data = try? encoder.encode(text) else { return "\"\"" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Waits until a child takes connections, or has ended, or has had its time.
struct ReadyWaiter: Sendable {
    enum Failure: Error {
        /// The child ended; how, only the one who reaps it knows.
        case ended
    }

    let command: LaunchCommand
    let child: Int32
    let output: OutputLog
    let log: OutputLog
    let timeout: Duration
    let isCancelled: @Sendable () -> Bool

    /// Waits.
    ///
    /// - Returns: the backend, ready.
    /// - Throws: `Failure.ended`, or `HarnessError` (launch failed, interrupted).
    func wait() async throws -> RunningBackend {
        let clock = ContinuousClock()
        let limit = clock.now + self.timeout
        while clock.now < limit {
            if self.isCancelled() || Task.isCancelled {
                throw HarnessError(.interrupted, "interrupted while the backend started", cure: "")
            }
            if let backend = try await self.ask() { return backend }
            if !ProcessStat.isAlive(self.child) {
                // A last look: the line may have come together with the end.
                throw Failure.ended
            }
            try await clock.sleep(for: .milliseconds(10))
        }
        throw HarnessError(
            .launchFailed,
            "'\(self.command.text)' did not \(self.expectation) within "
                + "\(self.timeout.components.seconds) s",
            cure: "run the command by hand; its output is in backend.stderr.log")
    }

    private var expectation: String {
        switch self.command.announcement {
        case .readyLine: "print its ready line"
        case .probe(let check): "answer at \(check.place)"
        }
    }

    /// The backend, when it is ready now.
    private func ask() async throws -> RunningBackend? {
        switch self.command.announcement {
        case .readyLine:
            // A supervisor's own line comes first.
            guard let line = self.output.line(self.command.isSupervised ? 1 : 0) else { return nil }
            guard let ready = ReadyLine(line: line) else {
                throw HarnessError(
                    .launchFailed,
                    "the first line of '\(self.command.text)' is not a ready "
                        + "line: \(Secrets.excerpt(line.utf8))",
                    cure: "a launched serve prints {\"ready\":true,\"backend\":…,\"url\":…,\"pid\":…} first")
            }
            return self.backend(pid: ready.pid, url: ready.url)
        case .probe(let check):
            var pid = self.child
            if self.command.isSupervised {
                guard let line = self.output.line(0), let child = SupervisedPID(line: line) else { return nil }
                pid = child.pid
            }
            guard ProcessStat.isAlive(pid), await ServerProbe.isReady(check) else { return nil }
            return self.backend(pid: pid, url: nil)
        }
    }

    private func backend(pid: Int32, url: String?) -> RunningBackend {
        RunningBackend(pid: pid, group: self.child, url: url, command: self.command.shown, log: self.log)
    }
}

/// Asks once whether a server takes connections.
package enum ServerProbe {
    /// Asks a server.
    ///
    /// - Parameters:
    ///   - check: what counts as ready.
    ///   - timeout: how long one attempt may take.
    /// - Returns: whether it is ready; refusals, timeouts and resets are "not yet".
    package static func isReady(_ check: ReadyCheck, timeout: Duration = .seconds(1)) async -> Bool {
        let amount = TimeAmount(timeout)
        switch check {
        case .connect(let host, let port):
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(amount)
            guard let channel = try? await bootstrap.connect(host: host, port: port).get() else { return false }
            try? await channel.close().get()
            return true
        case .get(let host, let port, let path):
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let status = loop.makePromise(of: Int.self)
            let timer = loop.scheduleTask(in: amount) { status.fail(ChannelError.connectTimeout(amount)) }
            let connected = ClientBootstrap(group: loop).connectTimeout(amount)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = StatusLineHandler(host: host, port: port, path: path, status: status)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(host: host, port: port)
            connected.whenFailure { status.fail($0) }
            let answer = try? await status.futureResult.get()
            timer.cancel()
            connected.whenSuccess { $0.close(promise: nil) }
            return answer.map { $0 < 500 } ?? false
        }
    }
}

/// Sends one GET and reads the status code of the answer (RFC 9112, 4), nothing more.
final class StatusLineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let status: EventLoopPromise<Int>
    private var received = ByteBuffer()

    init(host: String, port: Int, path: String, status: EventLoopPromise<Int>) {
        self.request = "GET \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n\r\n"
        self.status = status
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: self.request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received.writeImmutableBuffer(self.unwrapInboundIn(data))
        // "HTTP/1.1 200": the code is the second word.
        guard self.received.readableBytes >= 12 else { return }
        let line = String(decoding: self.received.readableBytesView.prefix(12), as: UTF8.self)
        if line.hasPrefix("HTTP/1."), let code = Int(line.suffix(3)) {
            self.status.succeed(code)
        } else {
            self.status.fail(ChannelError.inappropriateOperationForState)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.status.fail(ChannelError.eof)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.status.fail(error)
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension StatusLineHandler: Sendable {}
