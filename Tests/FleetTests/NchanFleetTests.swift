import Foundation
import TestKit
import Testing

/// Meshes over a channel of Debian's nginx with nchan, heard in every way.
@Suite(.enabled(if: Lane.isPatient, "nginx is another program"), .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct NchanFleetTests {
    @Test(arguments: [("sse", 50), ("longpoll", 25)])
    func `rooms at nchan complete, and count what the closed form says`(read: String, agents: Int) async throws {
        try await ServerFile.with("nchan.conf", port: 28_080, "/tmp/signalbench-nchan") { path, port in
            try await LaunchedServer.with(["/usr/sbin/nginx", "-c", path], ready: .listening([port])) { _ in
                // A request a message: more agents at once than a debug build can serve would make calls overlap.
                try await BrokerFleet.check(
                    "nchan", "http://127.0.0.1:\(port)/", agents: agents, options: ["read": read], rate: 50)
            }
        }
    }
}

/// The configurations in `Profiles/servers`, for a free port and a folder of the test's own.
enum ServerFile {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Gives the path of a copy, and the free port that took the place of `port` in it; `place` is what its paths begin with.
    static func with<R: Sendable>(
        _ name: String, port: Int, _ place: String? = nil, _ body: (String, Int) async throws -> R
    ) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("config-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let free = try #require(try Loopback.freePorts(1).first)
        var text = try String(contentsOf: self.root.appending(path: "Profiles/servers/\(name)"), encoding: .utf8)
        text = text.replacing("127.0.0.1:\(port)", with: "127.0.0.1:\(free)")
        if let place { text = text.replacing(place, with: folder.path + "/nginx") }
        let path = folder.appending(path: name)
        try text.write(to: path, atomically: true, encoding: .utf8)
        return try await body(path.path, free)
    }
}
