import Foundation
import Synchronization

/// An MQTT broker of other make, started by a test on free ports of loopback.
package final class Broker: Sendable {
    /// The brokers that tests can start.
    package enum Make: String, CaseIterable, Sendable {
        /// Eclipse Mosquitto, from Debian: the reference.
        case mosquitto
        /// The NATS server with its MQTT gateway, from PyPI: MQTT 3.1.1 on top of JetStream.
        case nats
        /// amqtt, from PyPI: MQTT 3.1.1 in Python.
        case amqtt

        /// Whether it speaks MQTT 5 beside 3.1.1.
        package var speaksVersion5: Bool { self == .mosquitto }

        /// Its listeners; a NATS server has one for MQTT and one for WebSocket, encrypted or not.
        package var wires: [Wire] { self == .nats ? [.tcp, .webSocket] : Wire.allCases }
    }

    /// The ways to a broker.
    package enum Wire: String, CaseIterable, Sendable {
        case tcp, tls, webSocket, secureWebSocket

        var scheme: String {
            switch self {
            case .tcp: "mqtt"
            case .tls: "mqtts"
            case .webSocket: "ws"
            case .secureWebSocket: "wss"
            }
        }
    }

    package let make: Make
    /// The authority that signed the certificate of the encrypted listeners.
    package let certificate: Certificate
    private let folder: URL
    private let current: Mutex<(server: LaunchedServer, ports: [Wire: Int])>

    private init(make: Make, certificate: Certificate, folder: URL, server: LaunchedServer, ports: [Wire: Int]) {
        self.make = make
        self.certificate = certificate
        self.folder = folder
        self.current = Mutex((server, ports))
    }

    /// Starts a broker for the length of `body`.
    ///
    /// - Parameters:
    ///   - make: which.
    ///   - body: what needs it.
    /// - Returns: what `body` returns.
    /// - Throws: ``LaunchedServer/Failed`` when it is not there or does not get ready, or what `body` throws.
    package static func with<R: Sendable>(_ make: Make, _ body: (Broker) async throws -> R) async throws -> R {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("broker-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let broker = try await Self.start(make, certificate, folder)
        let result: Result<R, any Error>
        do { result = .success(try await body(broker)) } catch { result = .failure(error) }
        await broker.server.stop()
        return try result.get()
    }

    /// Starts it; should another process take one of the ports just then, tries others.
    private static func start(_ make: Make, _ certificate: Certificate, _ folder: URL) async throws -> Broker {
        var failure: any Error = LaunchedServer.Failed(description: "\(make.rawValue) is not installed")
        for _ in 0..<3 {
            let ports = Dictionary(uniqueKeysWithValues: zip(make.wires, try Loopback.freePorts(make.wires.count)))
            let server = try LaunchedServer(try make.command(ports, certificate, folder))
            do {
                try await server.waitUntilReady(.listening(Array(ports.values)))
                return Broker(
                    make: make, certificate: certificate, folder: folder, server: server, ports: ports)
            } catch {
                await server.stop()
                failure = error
            }
        }
        throw failure
    }

    /// The running process.
    package var server: LaunchedServer { self.current.withLock { $0.server } }

    /// The port of one of its listeners; 0 for one that it has not.
    package func port(_ wire: Wire = .tcp) -> Int { self.current.withLock { $0.ports[wire] ?? 0 } }

    /// Where agents find it.
    package func url(_ wire: Wire = .tcp) -> String {
        let path = wire == .webSocket || wire == .secureWebSocket ? "/mqtt" : ""
        return "\(wire.scheme)://127.0.0.1:\(self.port(wire))\(path)"
    }

    /// Starts it again on the same ports, after a crash or a stop; it has forgotten everything.
    package func restart() async throws {
        let ports = self.current.withLock { $0.ports }
        await self.server.stop()
        let server = try LaunchedServer(try self.make.command(ports, self.certificate, self.folder))
        self.current.withLock { $0.server = server }
        try await server.waitUntilReady(.listening(Array(ports.values)))
    }
}
