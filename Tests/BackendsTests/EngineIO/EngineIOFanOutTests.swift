import NIOCore
import NIOPosix
import Signaling
import TestKit
import Testing

@testable import Backends

/// One room, four members, one of whom does not read.
@Suite(.enabled(if: Lane.isSerial, "a member has to leave a real socket unread"), .timeLimit(.minutes(2)))
struct EngineIOFanOutTests {
    @Test(arguments: ["socketio", "baas"])
    func `a fan-out is encoded once, and a member that does not read harms nobody`(id: String) async throws {
        try await withRelay(id) {
            $0.memberQueueBytes = 200_000
        } _: { server, group in
            let settings = BackendSettings(id: id, url: try BackendURL.parse(server.url))
            try await self.flood(settings, server, group, echoes: id == "baas" ? 1 : 0)
        }
    }

    private func flood(
        _ settings: BackendSettings, _ server: RunningServer, _ group: any EventLoopGroup, echoes: Int
    ) async throws {
        var members: [LiveMember] = []
        for _ in 0..<4 { members.append(try await .join("r", settings, on: group.next())) }
        let deaf = members[3]
        try await deaf.stopReading()
        let id = try await members[0].id
        let pad = String(repeating: "x", count: 20_000)
        for n in 0..<400 {
            try await members[0].send(#"{"type":"call","from":"\#(id)","n":\#(n),"pad":"\#(pad)"}"#)
            if n % 10 == 0 {
                let reader = members[1]
                try await eventually("member 1 keeps up") { try await reader.received.count >= n }
            }
        }
        for reader in members[1...2] { try await eventually("all is heard") { try await reader.received.count == 400 } }
        try await eventually("the deaf one is put out") { await server.counters().evicted == 1 }
        let counters = await server.counters()
        #expect(counters.messages == 400 && counters.framesEncoded == 400)
        #expect(counters.deliveries < 400 * (3 + echoes) && counters.deliveries >= 400 * (2 + echoes))
        for member in members { try await member.close() }
    }
}
