import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The client's half of the opening handshake (RFC 6455 §4.1).
struct UpgradeRequest: Sendable {
    let head: HTTPRequestHead
    private let key: String
    /// What was offered; the server has to choose one of it.
    private let subprotocols: [String]
    private let offersDeflate: Bool
    /// The greatest message accepted from the backend, in bytes.
    private let maxMessageBytes: Int
    private let endpoint: Endpoint
    private let cookie: String?

    init(_ endpoint: Endpoint, plan: WebSocketPlan, cookie: String?) {
        self.endpoint = endpoint
        self.cookie = cookie
        let settings = endpoint.settings
        self.key = NIOWebSocketClientUpgrader.randomRequestKey()
        // A dialect that needs a subprotocol of its own offers no other.
        self.subprotocols = plan.subprotocol.map { [$0] } ?? endpoint.reach.subprotocols
        self.offersDeflate = endpoint.reach.compression == .deflate
        self.maxMessageBytes = plan.maxMessageBytes
        var headers = HTTPHeaders()
        headers.add(name: "Host", value: settings.url.authority)
        headers.add(name: "Upgrade", value: "websocket")
        headers.add(name: "Connection", value: "Upgrade")
        headers.add(name: "Sec-WebSocket-Key", value: self.key)
        headers.add(name: "Sec-WebSocket-Version", value: "13")
        if !self.subprotocols.isEmpty {
            headers.add(name: "Sec-WebSocket-Protocol", value: self.subprotocols.joined(separator: ", "))
        }
        if self.offersDeflate { headers.add(name: "Sec-WebSocket-Extensions", value: DeflateAgreement.offer) }
        if let origin = plan.origin { headers.add(name: "Origin", value: origin) }
        if let cookie { headers.add(name: "Cookie", value: cookie) }
        if let user = settings.url.user, plan.takesUserInfo {
            headers.add(name: "Authorization", value: BasicAuthorization.value(user))
        }
        headers.take(users: settings.headers)
        self.head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: plan.path ?? settings.url.path, headers: headers)
    }

    /// What compresses under the server's answer, to which there is no objection; nil where nothing does.
    func deflate(_ response: HTTPResponseHead) -> DeflateHandler? {
        (try? DeflateAgreement.read(response.headers, isOffered: self.offersDeflate))
            .flatMap { DeflateFrames($0, maxMessageBytes: self.maxMessageBytes) }.map(DeflateHandler.init)
    }

    /// Keeps the cookies of an answer to which there is no objection for the session's next connection.
    func keepCookies(_ response: HTTPResponseHead) {
        var cookies = Cookies(field: self.cookie)
        cookies.take(response.headers["Set-Cookie"])
        (self.endpoint.network as? DialAttempt)?.keep(cookies, of: self.endpoint)
    }

    /// What is wrong with the server's answer `101`; nil when nothing is.
    func objection(to response: HTTPResponseHead) -> String? {
        let headers = response.headers
        guard response.version == .http1_1 else {
            return "it is in \(response.version), and WebSocket begins with HTTP/1.1"
        }
        guard headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" }) else {
            return "it does not say Upgrade: websocket"
        }
        guard headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }) else {
            return "it does not say Connection: Upgrade"
        }
        // NIO's upgrader holds the SHA-1 that the accept key needs; of it only this check is used.
        let upgrader = NIOWebSocketClientUpgrader(requestKey: self.key) { channel, _ in
            channel.eventLoop.makeSucceededVoidFuture()
        }
        guard upgrader.shouldAllowUpgrade(upgradeResponse: response) else {
            return "its Sec-WebSocket-Accept does not fit the key"
        }
        do throws(DeflateAgreement.Objection) {
            _ = try DeflateAgreement.read(headers, isOffered: self.offersDeflate)
        } catch {
            return error.text
        }
        let chosen = headers[canonicalForm: "Sec-WebSocket-Protocol"].map(String.init)
        guard chosen.isEmpty == self.subprotocols.isEmpty, chosen.allSatisfy({ self.subprotocols.contains($0) }) else {
            return chosen.isEmpty
                ? "it chose none of the subprotocols \(self.subprotocols.joined(separator: ", "))"
                : "it chose the subprotocol '\(chosen.joined(separator: ", "))', which was not offered; set backend.subprotocols"
        }
        return nil
    }
}
