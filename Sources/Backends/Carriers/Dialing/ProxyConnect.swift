import NIOCore
import Signaling

/// Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6), hands the channel on when it has one, and goes.
final class ProxyConnect: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let url: BackendURL
    private let proxy: BackendURL
    private var opened: EventLoopPromise<any Channel>?
    private var answer = ByteBuffer()
    private var timeout: Scheduled<Void>?

    /// The greatest head of an answer, in bytes.
    private static let limit = 16 << 10

    private init(_ url: BackendURL, _ proxy: BackendURL, _ opened: EventLoopPromise<any Channel>) {
        self.url = url
        self.proxy = proxy
        self.opened = opened
    }

    /// Asks over a channel that was connected in this turn of its loop.
    ///
    /// - Parameters:
    ///   - channel: the connection to the proxy.
    ///   - url: where the tunnel is to lead.
    ///   - proxy: for its user info, and for error messages.
    ///   - deadline: when the answer has to be there.
    /// - Returns: the channel, which leads to the URL's host now; or a ``DialError``.
    static func begin(
        _ channel: any Channel, to url: BackendURL, through proxy: BackendURL, deadline: NIODeadline
    ) -> EventLoopFuture<any Channel> {
        let opened = channel.eventLoop.makePromise(of: (any Channel).self)
        let handler = ProxyConnect(url, proxy, opened)
        do {
            try channel.pipeline.syncOperations.addHandler(handler)
            let bound = NIOLoopBound((handler, channel), eventLoop: channel.eventLoop)
            handler.timeout = channel.eventLoop.scheduleTask(deadline: deadline) {
                let (handler, channel) = bound.value
                handler.fail(.timeout, "no answer to CONNECT", channel)
            }
        } catch {
            opened.fail(DialError(cause: error, url: url))
            channel.close(promise: nil)
        }
        return opened.futureResult
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let host = self.url.host.contains(":") ? "[\(self.url.host)]" : self.url.host
        let target = "\(host):\(self.url.port)"
        var lines = ["CONNECT \(target) HTTP/1.1", "Host: \(target)"]
        if let user = self.proxy.user { lines.append("Proxy-Authorization: \(BasicAuthorization.value(user))") }
        let text = lines.joined(separator: "\r\n") + "\r\n\r\n"
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.opened != nil else { return context.fireChannelRead(data) }
        var bytes = self.unwrapInboundIn(data)
        self.answer.writeBuffer(&bytes)
        let view = self.answer.readableBytesView
        guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)) else {
            if view.count > Self.limit { self.fail(.badResponse, "the answer to CONNECT has no end", context.channel) }
            return
        }
        let head = String(decoding: view[..<end.lowerBound], as: UTF8.self)
        self.answer.moveReaderIndex(to: end.upperBound)
        let line = head.split(separator: "\r\n", maxSplits: 1).first.map(String.init) ?? ""
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return self.fail(.badResponse, "the answer to CONNECT is no HTTP: '\(line.prefix(80))'", context.channel)
        }
        guard (200..<300).contains(status) else {
            let cure = status == 407 ? ": give a name and a password, http://name:password@host:port" : ""
            return self.fail(
                .http(status: status),
                "CONNECT was answered with HTTP \(words.dropFirst().joined(separator: " "))\(cure)",
                context.channel)
        }
        self.timeout?.cancel()
        // Whoever waits for the channel adds its handlers now; what came behind the answer is theirs.
        self.opened.take()?.succeed(context.channel)
        if self.answer.readableBytes > 0 {
            context.fireChannelRead(NIOAny(self.answer))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func fail(_ code: DialError.Code, _ why: String, _ channel: any Channel) {
        self.timeout?.cancel()
        self.opened.take()?.fail(DialError(code: code, message: "\(self.url): proxy \(self.proxy): \(why)"))
        channel.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(.closed, "the connection was closed before CONNECT was answered", context.channel)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let opened = self.opened.take() else { return context.fireErrorCaught(error) }
        self.timeout?.cancel()
        opened.fail(DialError(cause: error, url: self.proxy))
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension ProxyConnect: Sendable {}

/// The value of `Authorization` for a name and a password (RFC 7617).
enum BasicAuthorization {
    static func value(_ user: BackendURL.UserInfo) -> String {
        "Basic " + Self.base64(Array("\(user.name):\(user.password ?? "")".utf8))
    }

    /// RFC 4648 §4.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let digit = digits[Int(bits >> UInt32(18 - 6 * place) & 63)]
                out.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
