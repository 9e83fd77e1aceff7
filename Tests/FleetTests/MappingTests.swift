import Backends
import Fleet
import Foundation
import Measure
import Signaling
import TestKit
import Testing
import Workload

/// The shipped mappings against small servers in another language.
@Suite(
    .enabled(if: Lane.isPatient, "the servers are other programs"), .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct MappingTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: [
        ("y-webrtc", 3, 2, MeshArithmetic.Echo.own), ("ayame", 2, 3, .none), ("apprtc", 2, 3, .none),
        ("phoenix", 3, 2, .none),
    ])
    func `a fleet behind a mapping counts what the closed form says`(
        name: String, members: Int, rooms: Int, echo: MeshArithmetic.Echo
    ) async throws {
        let samples = try await Self.play(name, members: members, rooms: rooms)
        let law = MeshArithmetic(
            members: members, offererCandidates: 2, answererCandidates: 2, echo: echo, delivery: .broadcast,
            joining: .present(callers: members), byes: true)
        #expect(samples.signaling.sent == UInt64(rooms * law.messages))
        #expect(samples.signaling.deliveries == UInt64(rooms * law.deliveries))
        #expect(samples.roomsComplete == rooms)
        #expect(samples.ledger.lost == 0)
    }

    @Test func `a mapping can send to one member`() async throws {
        let samples = try await Self.play("mdn-chat", members: 4, rooms: 1)
        #expect(samples.roomsComplete == 1)
        #expect(samples.ledger.lost == 0)
        #expect(samples.signaling.deliveries < samples.signaling.sent * 2)
    }

    private static func play(_ name: String, members: Int, rooms: Int) async throws -> LoopSamples {
        let words = [try PythonPeer.required().interpreter, PythonPeer.path(of: "json_servers.py"), name]
        return try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let settings = BackendSettings(
                id: "json", url: try BackendURL.parse("ws://127.0.0.1:\(port)/"),
                options: ["mapping": self.root.appending(path: "Profiles/mappings/\(name).yaml").path])
            return try await TestRun(agents: members * rooms, roomSize: members, candidates: 2).run(against: settings)
                .samples
        }
    }
}
