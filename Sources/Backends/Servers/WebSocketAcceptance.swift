import NIOCore
import NIOHTTP1
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
        guard head.headers["Sec-WebSocket-Version"] == ["13"] else {
            return (.upgradeRequired, "WebSocket version 13 only")
        }
        guard self.isKey(head.headers["Sec-WebSocket-Key"]) else {
            return (.badRequest, "Sec-WebSocket-Key is missing or is not 16 bytes in base64")
        }
        return nil
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
