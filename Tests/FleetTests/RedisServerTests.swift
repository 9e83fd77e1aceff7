import Backends
import Foundation
import Signaling
import TestKit
import Testing

/// A fleet on a Redis server.
@Suite(.enabled(if: Lane.isPatient, "the server is another program"), .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct RedisServerTests {
    @Test(arguments: [("inbox", MeshArithmetic.Delivery.inboxEcho), ("broadcast", .broadcast)])
    func `two hundred agents in rooms of five count what the closed form says`(
        layout: String, delivery: MeshArithmetic.Delivery
    ) async throws {
        try await RealServer.with(ports: 1) { ports, folder in
            [
                "redis-server", "--bind", "127.0.0.1", "--port", "\(ports[0])", "--save", "", "--appendonly", "no",
                "--dir", folder.path,
            ]
        } _: { ports in
            let url = try BackendURL.parse("redis://127.0.0.1:\(ports[0])")
            try await RealServer.checkRooms(
                on: BackendSettings(id: "redis", url: url, options: ["layout": layout]), echo: .own, delivery)
        }
    }
}
