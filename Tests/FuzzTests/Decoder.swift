/// Whatever takes bytes or text from outside; a fuzzer's targets, and folders of the corpus.
enum Decoder: String, CaseIterable, Sendable, CustomStringConvertible {
    case backend
    case baas
    case declaration
    case engineio
    case envelope
    case gate
    case histogram
    case json
    case mqtt
    case mqttDialect = "mqtt-dialect"
    case mqttSession = "mqtt-session"
    case negotiating
    case profile
    case relay
    case report
    case serverBaas = "server-baas"
    case serverRelay = "server-relay"
    case serverSocketIO = "server-socketio"
    case socketio
    case utf8
    case websocket

    var description: String { self.rawValue }

    /// Takes an input.
    ///
    /// - Throws: ``Violation`` when the decoder broke a promise.
    func take(_ bytes: [UInt8]) throws {
        let input = FuzzInput(bytes)
        switch self {
        case .backend: try SettingDecoders.backend(input)
        case .baas: try DialectDecoders.baas(input)
        case .declaration: SettingDecoders.declaration(input)
        case .engineio: try CarrierDecoders.engineIO(input)
        case .envelope: try TextDecoders.envelope(input)
        case .gate: SettingDecoders.gate(input)
        case .histogram: try ReportDecoders.histogram(input)
        case .json: try TextDecoders.json(input)
        case .mqtt: try MQTTDecoders.codec(input)
        case .mqttDialect: try DialectDecoders.mqtt(input)
        case .mqttSession: try MQTTDecoders.session(input)
        case .negotiating: TextDecoders.negotiating(input)
        case .profile: SettingDecoders.profile(input)
        case .relay: try DialectDecoders.relay(input)
        case .report: try ReportDecoders.report(input)
        case .serverBaas: try ServerDecoders.engineIO(input) { hub in try BaasServer.application(hub) }
        case .serverRelay: try ServerDecoders.relay(input)
        case .serverSocketIO: try ServerDecoders.engineIO(input) { hub in SocketIOServer.application(hub) }
        case .socketio: try DialectDecoders.socketIO(input)
        case .utf8: try TextDecoders.utf8(input)
        case .websocket: try CarrierDecoders.webSocket(input)
        }
    }
}
