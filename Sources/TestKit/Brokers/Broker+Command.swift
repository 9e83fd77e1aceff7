import Foundation

extension Broker.Make {
    /// The program; nil when it is not installed.
    package var executable: String? {
        let folders: [String]
        let name: String
        switch self {
        case .mosquitto:
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
            name = "mosquitto"
        case .nats:
            folders = [(PythonPeer.shared?.interpreter as NSString?)?.deletingLastPathComponent ?? ""]
            name = "nats-server"
        case .amqtt: return PythonPeer.shared?.interpreter
        }
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Writes its configuration and tells how to start it.
    ///
    /// - Parameters:
    ///   - ports: of every listener.
    ///   - certificate: for those that encrypt.
    ///   - folder: where it may keep what it keeps.
    /// - Returns: the program and its arguments.
    /// - Throws: ``LaunchedServer/Failed`` when it is not installed.
    func command(
        _ ports: [Broker.Wire: Int], _ certificate: Certificate, _ folder: URL
    ) throws -> [String] {
        guard let executable else {
            throw LaunchedServer.Failed(description: "\(self.rawValue) is not installed: run `make test` once")
        }
        let port = { (wire: Broker.Wire) in ports[wire] ?? 0 }
        let file = folder.appendingPathComponent("\(self.rawValue).conf").path
        switch self {
        case .mosquitto:
            try Self.write(Self.mosquitto(port, certificate), to: file)
            return [executable, "-c", file]
        case .nats:
            let text = Self.nats(mqtt: port(.tcp), webSocket: port(.webSocket), store: "\(folder.path)/store")
            try Self.write(text, to: file)
            return [executable, "-c", file]
        case .amqtt:
            return [
                executable, PythonPeer.path(of: "amqtt_broker.py"), certificate.certificate, certificate.key,
            ] + Broker.Wire.allCases.map { "\(port($0))" }
        }
    }

    private static func write(_ text: String, to file: String) throws {
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// `user root` has an effect only for root, whose files the certificate's are.
    private static func mosquitto(_ port: (Broker.Wire) -> Int, _ certificate: Certificate) -> String {
        let encryption = "certfile \(certificate.certificate)\nkeyfile \(certificate.key)"
        return """
            allow_anonymous true
            persistence false
            user root
            sys_interval 1
            set_tcp_nodelay true
            max_queued_messages 100000
            listener \(port(.tcp)) 127.0.0.1
            listener \(port(.webSocket)) 127.0.0.1
            protocol websockets
            listener \(port(.tls)) 127.0.0.1
            \(encryption)
            listener \(port(.secureWebSocket)) 127.0.0.1
            protocol websockets
            \(encryption)

            """
    }

    /// MQTT wants JetStream, and that a server with a name; all subscriptions of a session share 65,535 unacknowledged
    /// messages, and with the default of 1,024 for each busy rooms stall.
    private static func nats(mqtt: Int, webSocket: Int, store: String) -> String {
        """
        host: 127.0.0.1
        port: -1
        server_name: signalbench
        jetstream {store_dir: "\(store)"}
        websocket {host: 127.0.0.1, port: \(webSocket), no_tls: true}
        mqtt {host: 127.0.0.1, port: \(mqtt), max_ack_pending: 10000}

        """
    }
}
