import Signaling

/// The options of a PeerServer, read.
struct PeerJSSettings: Sendable {
    /// Nanoseconds between heartbeats.
    let heartbeat: Int64
    /// Nanoseconds that the server may take for its `OPEN`.
    let patience: Int64
    /// The server and its key, which ids belong to.
    let place: String
    private let url: BackendURL
    private let path: String
    private let parameters: [String]

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.patience = settings.connectTimeout
        self.heartbeat = try options.duration("heartbeat", default: 5_000_000_000)
        guard (1_000_000...3_600_000_000_000).contains(self.heartbeat) else {
            throw BackendError(code: .badValue, message: "heartbeat: write 1ms to 1h")
        }
        let key = options.nonEmpty("key") ?? "peerjs"
        self.url = settings.url
        let written = settings.url.pathAlone
        if written.hasSuffix("/peerjs") {
            self.path = written
        } else {
            self.path = written.hasSuffix("/") ? "\(written)peerjs" : "\(written)/peerjs"
        }
        self.parameters = ["key=\(PercentEncoding.encoded(key))", "version=1.5.4"]
        self.place = "\(settings.url.authority) \(self.path) \(key)"
    }

    /// Path and query of a session's WebSocket.
    func target(id: String, token: String) -> String {
        let own = ["id=\(PercentEncoding.encoded(id))", "token=\(PercentEncoding.encoded(token))"]
        return self.url.target(self.path, adding: self.parameters + own)
    }

    /// Path and query without a session's.
    var target: String { self.url.target(self.path, adding: self.parameters) }
}

extension PeerJSDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "peerjs", wire: .other, family: .service, title: "PeerServer of PeerJS",
            summary: "Messages from id to id; a room is a list that the driver keeps.", schemes: ["ws", "wss"],
            options: [
                OptionInfo(key: "key", defaultValue: "peerjs", summary: "the server's key"),
                OptionInfo(key: "heartbeat", defaultValue: "5s", summary: "time between an agent's heartbeats"),
            ], embedded: false)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let interval = Int(try PeerJSSettings(settings).heartbeat / 1_000_000)
        return Capabilities(
            selfEcho: false, directed: .routed, fromAuthority: .client, joinConfirmed: false, presenceLeave: .bye,
            order: .fifo, delivery: .atMostOnce, unknownTarget: .drop, slowConsumer: .block, multipleRooms: false,
            heartbeat: .init(by: .client, intervalMs: interval, timeoutMs: 90_000))
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        .webSocket(WebSocketPlan(data: .text, path: try PeerJSSettings(settings).target))
    }
}
