import Foundation
import Signaling
import TestKit
import Testing

/// Meshes over PyPI's build of PocketBase, filtered at the receiver and at the server.
@Suite(.enabled(if: Lane.isPatient, "PocketBase is another program"), .sideBySide, .serialized, .timeLimit(.minutes(3)))
struct PocketBaseFleetTests {
    @Test(arguments: [("room", MeshArithmetic.Delivery.broadcast), ("member", .routed)])
    func `rooms of records complete, and count what the closed form says`(
        filter: String, delivery: MeshArithmetic.Delivery
    ) async throws {
        let python = try PythonPeer.required()
        let port = try #require(try Loopback.freePorts(1).first)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pocketbase-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let words = [
            python.interpreter.replacing("python3", with: "pocketbase"), "serve", "--http", "127.0.0.1:\(port)",
            "--dir", folder.path, "--migrationsDir",
            ServerFile.root.appending(path: "Profiles/servers/pocketbase").path,
        ]
        try await LaunchedServer.with(words, ready: .listening([port])) { _ in
            // A transaction of SQLite for each message: more agents at once would make calls overlap.
            try await BrokerFleet.check(
                "pocketbase", "http://127.0.0.1:\(port)/", agents: 50, options: ["filter": filter],
                delivery: delivery, rate: 50)
        }
    }
}
