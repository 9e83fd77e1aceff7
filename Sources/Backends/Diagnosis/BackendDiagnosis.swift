package import NIOCore
import NIOHTTP1
import Signaling

/// One step on the way from nothing to a delivered message, and what it showed.
package struct DiagnosisStep: Codable, Equatable, Sendable {
    package enum Outcome: String, Codable, Sendable {
        case ok
        case failed
        /// Not done, because an earlier step failed.
        case skipped
    }

    /// Such as `tls`.
    package var name: String
    package var outcome: Outcome
    /// What was found, in words.
    package var text: String
    /// The option that may help; nil where nothing failed or nothing is known to help.
    package var cure: String?
    /// Nil for a step that was not done.
    package var milliseconds: Double?
}

/// Goes to a backend step by step: name, TCP, TLS, HTTP, greeting, join, one message from a second member.
package struct BackendDiagnosis: Sendable {
    private let settings: BackendSettings
    private let loop: any EventLoop
    private let report: @Sendable (DiagnosisStep) -> Void

    /// - Parameters:
    ///   - settings: what the user said about the backend.
    ///   - loop: where the connections live.
    ///   - report: told of each step as it ends.
    package init(
        _ settings: BackendSettings, on loop: any EventLoop, report: @escaping @Sendable (DiagnosisStep) -> Void
    ) {
        self.settings = settings
        self.loop = loop
        self.report = report
    }

    enum Name: String, CaseIterable {
        case name, tcp, tls, http, greeting, join, message
    }

    /// Carries out every step until one fails.
    ///
    /// - Parameter room: a room that nobody else is in.
    /// - Returns: every step that applies, in order.
    /// - Throws: ``BackendError`` for settings that make no sense.
    package func run(room: String) async throws -> [DiagnosisStep] {
        let endpoint = try Endpoint(self.settings)
        let own = try endpoint.account(0)
        var steps: [DiagnosisStep] = []
        var hasFailed = false
        func step(_ name: Name, _ body: () async throws -> String) async {
            if hasFailed {
                steps.append(DiagnosisStep(name: name.rawValue, outcome: .skipped, text: "not done"))
                return self.report(steps[steps.count - 1])
            }
            let began = self.loop.now
            var step = DiagnosisStep(name: name.rawValue, outcome: .ok, text: "")
            do {
                step.text = try await body()
            } catch {
                hasFailed = true
                let error = error as? DialError ?? DialError(code: .other, message: "\(error)")
                step.outcome = .failed
                step.text = error.message
                step.cure = Self.cure(of: error, in: name, self.settings)
            }
            // A server may repeat what it was told in confidence, or tell a secret of its own in a URL.
            step.text = Secrets.masked(step.text)
            step.milliseconds = Double((self.loop.now - began).nanoseconds) / 1e6
            steps.append(step)
            self.report(step)
        }
        if self.settings.url.command == nil {
            await step(.name) { try await self.resolve(endpoint) }
            await step(.tcp) { try await self.connect(endpoint) }
        }
        if endpoint.tls != nil { await step(.tls) { try await self.handshake(endpoint) } }
        if let request = self.request(own) { await step(.http) { try await self.ask(own, request) } }
        let first = ProbeMember(room: room, account: 0)
        let second = ProbeMember(room: room, account: 1)
        await step(.greeting) {
            try await first.connect(endpoint, on: self.loop)
            return try await first.greeted()
        }
        await step(.join) { try await first.joined() + (try await first.limits()) }
        await step(.message) {
            try await second.connect(endpoint, on: self.loop)
            _ = try await second.greeted()
            _ = try await second.joined()
            return try await second.exchange(with: first)
        }
        await first.close()
        await second.close()
        return steps
    }

    // MARK: Steps

    private func resolve(_ endpoint: Endpoint) async throws -> String {
        let url = endpoint.reach.proxy ?? self.settings.url
        let found = try await NameResolver().addresses(of: url.host, port: url.port, on: self.loop).get()
        let addresses = found.map { $0.ipAddress ?? "\($0)" }.joined(separator: ", ")
        return endpoint.reach.proxy == nil ? "\(url.host): \(addresses)" : "proxy \(url.host): \(addresses)"
    }

    private func connect(_ endpoint: Endpoint) async throws -> String {
        let channel = try await endpoint.connect(on: self.loop).get()
        let text = "connected to \(Self.text(channel.remoteAddress)) from \(Self.text(channel.localAddress))"
        try? await channel.close()
        return endpoint.reach.proxy.map { "\(text), a tunnel through \($0)" } ?? text
    }

    private static func text(_ address: SocketAddress?) -> String {
        address.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? "?"
    }

    private func handshake(_ endpoint: Endpoint) async throws -> String {
        try await TLSInspection.run(endpoint, on: self.loop).text
    }

    /// What a run asks of HTTP first; nil where it asks nothing.
    private func request(_ endpoint: Endpoint) -> HTTPRequestHead? {
        switch endpoint.carrier {
        case .webSocket(let plan): return UpgradeRequest(endpoint, plan: plan, cookie: nil).head
        case .engineIO(let plan):
            return UpgradeRequest(endpoint, plan: plan.webSocket(), cookie: nil).head
        default: return nil
        }
    }

    private func ask(_ endpoint: Endpoint, _ request: HTTPRequestHead) async throws -> String {
        let reply = try await HTTPHeadProbe.ask(endpoint, request, on: self.loop).get()
        let shown = [
            "Server", "Via", "Location", "Retry-After", "WWW-Authenticate", "Proxy-Authenticate",
            "Sec-WebSocket-Version",
            "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions",
        ]
        let fields = shown.compactMap { name in reply.headers.first(name: name).map { "\(name): \($0)" } }
        let phrase = HTTPResponseStatus(statusCode: reply.status).reasonPhrase
        let text = (["HTTP \(reply.status) \(phrase)"] + fields).joined(separator: ", ")
        guard reply.status == 101 else {
            let words = Secrets.excerpt(reply.body.readableBytesView)
            throw DialError(code: .http(status: reply.status), message: words.isEmpty ? text : "\(text): \(words)")
        }
        return text
    }

    // MARK: Cures

    /// What may help after a failure; nil where nothing is known to.
    static func cure(of error: DialError, in step: Name, _ settings: BackendSettings) -> String? {
        switch error.code {
        case .dns: return "mend the host name in the URL"
        case .refused: return "start the server, or mend the port in the URL"
        case .unreachable: return "look at the route to the host, or set backend.proxy"
        case .timeout where step == .tcp: return "look for a firewall on the way, or set backend.proxy"
        case .timeout where step == .greeting:
            return "look whether the server speaks \(settings.id), or raise backend.connectTimeout"
        case .timeout where step == .join: return "set backend.joinGrace where the server confirms no join"
        case .timeout where step == .tls: return "look whether the port speaks TLS; else use the scheme without it"
        case .closed where step == .http && !settings.url.isSecure:
            return "look whether the port wants TLS: wss:// or https://"
        case .timeout where step == .message, .other where step == .message: return self.cureOfSilence(settings)
        case .timeout: return nil
        case .http(let status): return self.cure(ofStatus: status, settings)
        case .noDescriptor: return "raise ulimit -n"
        case .noPort: return "give more local addresses: backend.sourceAddresses"
        case .closed
        where step == .join && settings.wire == .mqtt3 && error.message.hasSuffix("\(CloseReason.peerClosed)"):
            return
                "read the broker's log: 3.1.1 closes without a word for a QoS, a topic or a name that it does not allow"
        case .badResponse: return "look whether the port is one of HTTP; TLS needs wss:// or https://"
        default: return nil
        }
    }

    /// What may help where everything went well, and a message to the room did not arrive.
    private static func cureOfSilence(_ settings: BackendSettings) -> String? {
        switch settings.wire {
        case .socketIO:
            "say how the server names its events and where it has the signal: backend.events, backend.args, "
                + "backend.signalAt, backend.fields"
        case let wire where wire.isMQTT:
            "look whether the broker's access list lets these topics through: backend.topicPrefix, backend.clientPrefix"
        default: nil
        }
    }

    private static func cure(ofStatus status: Int, _ settings: BackendSettings) -> String? {
        switch status {
        case 200..<300: "mend the path of the URL, or backend.path: what answers there is no WebSocket"
        case 301, 302, 303, 307, 308: "give the target as the URL, or set backend.redirects to follow"
        case 400 where settings.wire == .socketIO:
            "set backend.engine to 3 for a server of Socket.IO 1 or 2, or mend backend.path"
        case 401, 403:
            "give what the server wants to know: backend.headers, a token in the URL's query, name:password@ in the URL"
        case 404: "mend the path of the URL, or backend.path"
        case 407: "give the proxy a name and a password: backend.proxy: http://name:password@host:port"
        case 426: "look whether the server wants another version of WebSocket"
        case 500, 502, 504: "look at the log of the server, and of the one behind it, or mend the path of the URL"
        case 429, 503: "lower arrival.rate, or dial from more addresses: backend.sourceAddresses"
        default: nil
        }
    }
}
