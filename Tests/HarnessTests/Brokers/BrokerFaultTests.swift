import Foundation
import Glibc
import TestKit
import Testing

/// What a broker may do wrong, and what the report then says.
@Suite(
    .enabled(if: Lane.isPatient, "the brokers are other programs"), .sideBySide, .serialized, .timeLimit(.minutes(3)))
struct BrokerFaultTests {
    /// Starts the faulty broker and runs twelve agents against it.
    ///
    /// - Parameters:
    ///   - fault: what it does wrong after the ninetieth PUBLISH.
    ///   - options: of the backend.
    ///   - extra: lines for the profile.
    ///   - flags: further ones of the command line.
    ///   - check: what has to hold of the ending and the report.
    /// - Throws: when the run cannot be started or writes no report.
    private func run(
        _ fault: String, _ options: String, extra: String = "", flags: [String] = [],
        _ check: @Sendable (SignalbenchProcess.Ending, SmallRun.Report) throws -> Void
    ) async throws {
        let python = try PythonPeer.required()
        let command = [python.interpreter, PythonPeer.path(of: "mqtt_faulty_broker.py"), fault, "90"]
        return try await LaunchedServer.with(command, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let small = try SmallRun(SmallRun.profile(steady: "5s", extra: extra))
            let process = try small.start(["--backend", "mqtt?\(options):mqtt://127.0.0.1:\(port)"] + flags)
            let ending = try await process.end()
            try check(ending, try await SmallRun.Report(in: small.out))
        }
    }

    @Test func `without a fault the run passes`() async throws {
        try await self.run("none", "qos=1") { ending, report in
            report.check(ending, status: 0)
            #expect(report.metric("deliveries.lost") == 0)
            #expect(report.json["outages"] == nil)
        }
    }

    @Test func `a broker that withholds PUBACK is given up, and the report says why`() async throws {
        try await self.run("unacked", "qos=1&ackTimeout=1s") { ending, report in
            #expect(ending.status == 1, "\(ending.errors)")
            report.checkIdentities()
            #expect(report.metric("agents.disconnected") == 12)
            #expect(report.lossReasons == ["timed out: timeout waiting for the acknowledgement of a PUBLISH": 12])
        }
    }

    @Test func `a broker that answers no PINGREQ is given up after the keep-alive time`() async throws {
        // Nobody chatters: once everybody has called, only the keep-alive moves.
        try await self.run(
            "silent", "keepAlive=1s", extra: "backend: {connectTimeout: 1s}", flags: ["--set", "chatter.rate=1/m"]
        ) { ending, report in
            #expect(ending.status == 1, "\(ending.errors)")
            report.checkIdentities()
            #expect(report.lossReasons == ["timed out: timeout waiting for PINGRESP": 12])
        }
    }

    @Test func `a session taken over shows as lost connections`() async throws {
        try await self.run("takeover", "qos=0") { ending, report in
            #expect(ending.status == 1, "\(ending.errors)")
            report.checkIdentities()
            #expect(report.lossReasons == ["closed by the backend without a word": 12])
        }
    }

    @Test func `a broker that stops reading leaves messages unsent, and the driver keeps its bounds`() async throws {
        let flood = ["--set", "chatter.rate=40/s", "--set", "chatter.bytes=60000"]
        try await self.run("unread", "qos=1&ackTimeout=0", flags: flood) { ending, report in
            #expect([1, 2].contains(ending.status), "\(ending.errors)")
            report.checkIdentities()
            #expect((report.metric("messages.unsent") ?? 0) > 0)
            // Twelve queues of four million bytes, and what the driver weighs without them.
            #expect((report.metric("generator.rss") ?? .infinity) < 250e6)
        }
    }

    /// Every agent bears one client identifier, so that only the last to come stays ([MQTT-3.1.4-3]).
    ///
    /// Mosquitto 2.0 closes the others without the DISCONNECT 0x8E that MQTT 5 has for it.
    @Test(arguments: ["mqtt", "mqtt5"])
    func `agents of one client identifier throw one another out, which fails the run`(backend: String) async throws {
        try await Broker.with(.mosquitto) { broker in
            let small = try SmallRun()
            let process = try small.start("--backend", "\(backend)?clientID=same:\(broker.url())")
            let ending = try await process.end()
            let report = try await SmallRun.Report(in: small.out)
            #expect(ending.status == 1, "\(ending.errors)")
            #expect(report.reasons.contains("11 of 12 agents lost their connection"), "\(report.reasons)")
            report.checkIdentities()
            #expect(report.lossReasons == ["closed by the backend without a word": 11])
        }
    }
}
