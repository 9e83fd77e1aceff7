import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// The checks and the answer of the server's half of the opening handshake (RFC 6455 §4.2).
enum WebSocketAcceptance {
    /// Checks the request's WebSocket fields and makes the accept key; nothing else of it is used.
    private static let upgrader = NIOWebSocketServerUpgrader(
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })

    /// Whether a request wants a WebSocket.
    static func isWanted(by head: HTTPRequestHead) -> Bool {
        head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// What is wrong with a request for a WebSocket; nil when nothing is.
    static func refusal(of head: HTTPRequestHead) -> (HTTPResponseStatus, String)? {
        guard self.isWanted(by: head) else { return (.upgradeRequired, "this is a WebSocket endpoint") }
        guard !head.isOld else {
            return (.badRequest, "a WebSocket wants HTTP/1.1 (RFC 6455 section 4.2.1)")
        }
        guard head.headers["Sec-WebSocket-Version"] == ["13"] else {
            return (.upgradeRequired, "WebSocket version 13 only")
        }
        guard self.isKey(head.headers["Sec-WebSocket-Key"]) else {
            return (.badRequest, "Sec-WebSocket-Key is missing or is not 16 bytes in base64")
        }
        return nil
    }

    /// What an answer with this status says beside the reason: 426 names the protocol and its version (RFC 6455 §4.4).
    static func fields(of status: HTTPResponseStatus) -> [(String, String)] {
        status == .upgradeRequired ? [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")] : []
    }

    /// The header fields of the answer `101` to a good request.
    static func answer(to head: HTTPRequestHead, on channel: any Channel) -> EventLoopFuture<HTTPHeaders> {
        self.upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: [:])
    }

    /// Sixteen bytes in base64 are 22 digits and two signs of padding (RFC 6455 §4.2.1).
    private static func isKey(_ values: [String]) -> Bool {
        guard values.count == 1, values[0].utf8.count == 24, values[0].hasSuffix("==") else { return false }
        return values[0].utf8.dropLast(2).allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"): true
            default: false
            }
        }
    }
}

extension HTTPRequestHead {
    /// Whether it names no host, several, or what is none, where HTTP/1.1 has exactly one (RFC 9112 §3.2).
    var lacksItsHost: Bool {
        let hosts = self.headers["Host"]
        guard let host = hosts.first else { return !self.isOld }
        return hosts.count > 1 || !Self.isHost(host)
    }

    /// Whether the client waits for a word before it sends the body (RFC 9110 §10.1.1).
    var waitsToSend: Bool {
        !self.isOld && self.headers[canonicalForm: "Expect"].contains { $0.lowercased() == "100-continue" }
    }

    /// Whether a text is a host, with or without a port (RFC 3986 §3.2.2); it may be empty.
    private static func isHost(_ text: String) -> Bool {
        // The colons of an IPv6 address stand in brackets.
        let behind = text.lastIndex(of: "]").map { text[text.index(after: $0)...] } ?? text[...]
        guard behind.isEmpty || behind.first == ":" || behind.count == text.count else { return false }
        let port = behind.firstIndex(of: ":").map { behind[behind.index(after: $0)...] } ?? ""
        return port.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                    || "-._~!$&'()*+,;=%:[]".utf8.contains(byte)
            }
    }

    /// Whether it is in HTTP/1.0 or before.
    fileprivate var isOld: Bool { self.version.major == 0 || self.version == .http1_0 }

    /// Path and query of the target; one in absolute form names a scheme and an authority first (RFC 9112 §3.2.2).
    var target: Substring {
        guard let mark = self.uri.firstRange(of: "://"), !self.uri[..<mark.lowerBound].contains("/"),
            !self.uri[..<mark.lowerBound].contains("?")
        else { return self.uri[...] }
        let rest = self.uri[mark.upperBound...]
        guard let start = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return rest[start] == "/" ? rest[start...] : "/" + rest[start...]
    }
}

extension ChannelHandlerContext {
    /// Ends the stream behind what was written, and reads on for a while.
    ///
    /// A connection that is closed with bytes unread is reset, and the other end may never see the answer (RFC 9112 §9.6).
    func closeAfterReading(within limit: Int64) {
        self.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        let end = self.eventLoop.scheduleTask(in: .nanoseconds(limit)) { bound.value.close(promise: nil) }
        self.channel.closeFuture.whenComplete { _ in end.cancel() }
    }
}

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
