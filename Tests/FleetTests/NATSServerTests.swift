import Backends
import Foundation
import Signaling
import TestKit
import Testing

/// A fleet on a NATS server.
@Suite(.enabled(if: Lane.isPatient, "the server is another program"), .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct NATSServerTests {
    /// The way to the server, the options, and how its deliveries are counted.
    struct Case: Sendable, CustomTestStringConvertible {
        var scheme: String
        var options: [String: String]
        var echo: MeshArithmetic.Echo
        var delivery: MeshArithmetic.Delivery

        var testDescription: String { "\(self.scheme) \(self.options)" }
    }

    private static let cases = [
        Case(scheme: "nats", options: [:], echo: .none, delivery: .routed),
        Case(scheme: "ws", options: ["echo": "true"], echo: .own, delivery: .inboxEcho),
        Case(scheme: "nats", options: ["layout": "broadcast"], echo: .none, delivery: .broadcast),
    ]

    @Test(arguments: Self.cases)
    func `two hundred agents in rooms of five count what the closed form says`(test: Case) async throws {
        let python = try PythonPeer.required()
        let program = URL(filePath: python.interpreter).deletingLastPathComponent().appending(path: "nats-server").path
        try await RealServer.with(ports: 2) { ports, folder in
            let file = folder.appending(path: "nats.conf")
            let text = """
                host: 127.0.0.1, port: \(ports[0])
                websocket {host: 127.0.0.1, port: \(ports[1]), no_tls: true}

                """
            try text.write(to: file, atomically: true, encoding: .utf8)
            return [program, "-c", file.path]
        } _: { ports in
            let url = try BackendURL.parse("\(test.scheme)://127.0.0.1:\(ports[test.scheme == "nats" ? 0 : 1])")
            let settings = BackendSettings(id: "nats", url: url, options: test.options)
            try await RealServer.checkRooms(on: settings, echo: test.echo, test.delivery)
        }
    }
}
