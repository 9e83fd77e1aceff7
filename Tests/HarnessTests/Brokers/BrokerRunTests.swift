import Foundation
import TestKit
import Testing

/// Runs against brokers of other make: every pair completes, nothing is lost, and the counts are the predicted ones.
@Suite(.enabled(if: Lane.isSerial, "the brokers are other programs"), .serialized, .timeLimit(.minutes(5)))
struct BrokerRunTests {
    /// A make of broker, a wire to it, and the backend's options.
    struct Case: Sendable, CustomTestStringConvertible {
        var make: Broker.Make
        var wire: Broker.Wire
        var backend: String

        var testDescription: String { "\(self.make.rawValue), \(self.wire.rawValue), \(self.backend)" }
    }

    private static let cases = [
        Case(make: .mosquitto, wire: .tcp, backend: "mqtt"),
        Case(make: .mosquitto, wire: .tls, backend: "mqtt?qos=1"),
        Case(make: .mosquitto, wire: .webSocket, backend: "mqtt5?qos=2"),
        Case(make: .mosquitto, wire: .secureWebSocket, backend: "mqtt5?layout=inbox&qos=1"),
        Case(make: .mosquitto, wire: .tcp, backend: "mqtt?layout=milkcocoa"),
        Case(make: .mosquitto, wire: .tcp, backend: "mqtt5?qos=1&presence=retained"),
        Case(make: .nats, wire: .tcp, backend: "mqtt"), Case(make: .nats, wire: .webSocket, backend: "mqtt?qos=1"),
        Case(make: .nats, wire: .tcp, backend: "mqtt?qos=2"),
        Case(make: .amqtt, wire: .tcp, backend: "mqtt"), Case(make: .amqtt, wire: .tcp, backend: "mqtt?qos=1"),
    ]

    @Test(arguments: Self.cases)
    func `the meshes of twelve rooms complete, and deliveries are as predicted`(test: Case) async throws {
        try await Broker.with(test.make) { broker in
            let small = try SmallRun(BrokerRun.profile())
            let (ending, report) = try await small.run(
                [
                    "--backend", "\(test.backend):\(broker.url(test.wire))", "--set",
                    "backend.tls.ca=\(broker.certificate.authority)",
                ])
            report.check(ending, status: 0)
            try BrokerRun.check(report, pairs: 36)
            guard test.make == .mosquitto, [.tcp, .tls].contains(test.wire), !test.backend.contains("presence") else {
                return
            }
            // The broker's own count, less the `$SYS` publications that were sent to the reader.
            let counted = try #require(report.validityCheck("broker's own count"))
            #expect(counted["value"] as? Double == report.metric("deliveries.total"))
            #expect(counted["limit"] as? Double == report.metric("deliveries.total"))
        }
    }

    @Test func `packets may be cut into WebSocket frames anywhere`() async throws {
        let python = try PythonPeer.required()
        try await Broker.with(.mosquitto) { broker in
            let splitter = [python.interpreter, PythonPeer.path(of: "mqtt_ws_splitter.py"), "\(broker.port())"]
            try await LaunchedServer.with(splitter, ready: .says("ready")) { server in
                let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
                let run = try SmallRun()
                let (ending, report) = try await run.run(
                    "--backend", "mqtt5?qos=1:ws://127.0.0.1:\(port)/mqtt", "--set", "calls.gap=2s", "--set",
                    "signaling.payload={offer: 600, answer: 500, candidate: 100}")
                report.check(ending, status: 0)
                try BrokerRun.check(report, pairs: 12)
            }
        }
    }

    @Test func `a restarted broker shows as one outage, and the agents come back`() async throws {
        try await Broker.with(.mosquitto) { broker in
            let small = try SmallRun(SmallRun.profile(steady: "10s"))
            let run = try small.start(
                "--backend", "mqtt:\(broker.url())", "--set", "backend.reconnect=backoff")
            try await run.wait { $0.errors.contains("steady") }
            await broker.server.crash()
            try await Task.sleep(for: .seconds(1))
            try await broker.restart()
            let ending = try await run.end(within: .seconds(60))
            let report = try await SmallRun.Report(in: small.out)
            report.checkIdentities()
            let outages = try #require(report.json["outages"] as? [[String: Any]], "\(ending.errors)")
            #expect(outages.map { $0["agents"] as? Int } == [12])
            #expect(outages.map { $0["recovered"] as? Int } == [12])
        }
    }
}
