import Foundation
import Glibc
import TestKit
import Testing

/// PyPI's `paho-mqtt` as a member among our agents, by the documented layout.
@Suite(
    .enabled(if: Lane.isPatient, "the broker and the member are other programs"), .sideBySide,
    .serialized, .timeLimit(.minutes(3)))
struct BrokerMemberTests {
    /// What the member says of its stay.
    private struct Stay: Decodable {
        var heard: [String: Int]
        var answers: Int
        var wills: Int
    }

    private static let recording = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Workload/Resources/chromium-mesh4.json").path

    /// Lets the member into the first room of a run that has come to its steady phase.
    private func member(
        _ broker: Broker, version: String, seconds: Int, wills: Int, joined: @Sendable () async throws -> Void
    ) async throws -> Stay {
        let python = try PythonPeer.required()
        let command = [
            python.interpreter, PythonPeer.path(of: "mqtt_member.py"), broker.url(), version, "room-0000", "\(seconds)",
            "\(wills)", Self.recording,
        ]
        return try await LaunchedServer.with(command, ready: .says("joined")) { member in
            try await joined()
            let limit = ContinuousClock.now + .seconds(40)
            while member.output.split(separator: "\n").count < 2 {
                try #require(ContinuousClock.now < limit, "\(member.errors)")
                try await Task.sleep(for: .milliseconds(20))
            }
            let line = try #require(member.output.split(separator: "\n").last)
            return try JSONDecoder().decode(Stay.self, from: Data(line.utf8))
        }
    }

    @Test(arguments: ["3", "5"])
    func `its call is answered, and its messages count as foreign`(version: String) async throws {
        try await Broker.with(.mosquitto) { broker in
            let small = try SmallRun(SmallRun.profile(steady: "8s"))
            let backend = version == "5" ? "mqtt5" : "mqtt"
            let run = try small.start(
                "--backend", "\(backend)?qos=1:\(broker.url())", "--set", "signaling.maxConnections=3",
                "--set", "rooms.prefix=none", "--set", "foreign=expected")
            try await run.wait { $0.errors.contains("steady") }
            let stay = try await self.member(broker, version: version, seconds: 3, wills: 0) {}
            let ending = try await run.end()
            let report = try await SmallRun.Report(in: small.out)
            report.check(ending, status: 0)
            report.checkIdentities()
            // Three members: each responds to its call, and answers its offer.
            #expect(stay.heard["response"] == 3 && stay.answers == 3, "\(stay)")
            #expect((stay.heard["chatter"] ?? 0) > 0)
            #expect(stay.wills == 0)
            // One call and three offers at three members each.
            #expect(report.metric("deliveries.foreign") == 12)
            #expect(report.metric("negotiation.foreign.expected") == 3)
            #expect(report.metric("negotiation.foreign.negotiated") == 3)
            #expect(report.metric("negotiation.connectable") == 12)
            #expect(report.metric("deliveries.lost") == 0)
        }
    }

    @Test func `it sees the wills of agents whose driver is killed`() async throws {
        try await Broker.with(.mosquitto) { broker in
            let small = try SmallRun(SmallRun.profile(steady: "60s"))
            let run = try small.start("--backend", "mqtt?qos=1:\(broker.url())", "--set", "rooms.prefix=none")
            try await run.wait { $0.errors.contains("steady") }
            let stay = try await self.member(broker, version: "3", seconds: 30, wills: 3) { run.send(SIGKILL) }
            _ = try await run.end()
            #expect(stay.wills == 3)
        }
    }
}
