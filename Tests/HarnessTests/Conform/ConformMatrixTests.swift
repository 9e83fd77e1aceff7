import Foundation
import Measure
import TestKit
import Testing

/// The quick profile against servers of other make.
@Suite(
    .enabled(if: Lane.isPatient, "it runs the program against servers that are not ours"), .sideBySide, .serialized,
    .timeLimit(.minutes(10)))
struct ConformMatrixTests {
    /// Deviations of other people's servers; each has its reason in the article "Conformance notes".
    private static let known: [String: Set<String>] = [:]

    @Test func `Mosquitto conforms, as mqtt and as mqtt5, in two layouts`() async throws {
        try await Broker.with(.mosquitto) { broker in
            let run = try await ConformRun([
                "mqtt:\(broker.url())", "mqtt5?qos=1&layout=inbox:\(broker.url())",
            ])
            for index in 0..<2 {
                #expect(run.cases(index, in: ConformRun.troubles) == [:], "\(run.result.backends[index].backend)")
            }
            #expect(run.ending.status == 0, "\(run.ending.output)")
            try run.checkFiles(backends: 2)
        }
    }

    @Test func `NATS with MQTT is judged`() async throws {
        try await Broker.with(.nats) { broker in
            let run = try await ConformRun(["mqtt:\(broker.url())"])
            #expect(
                Set(run.cases(0, in: ConformRun.troubles).keys) == Self.known["nats", default: []],
                "\(run.cases(0, in: ConformRun.troubles))")
        }
    }

    @Test func `somebody else's Socket.IO server is judged by settings alone`() async throws {
        let python = try PythonPeer.required()
        let words = [python.interpreter, PythonPeer.path(of: "socketio_rooms.py")]
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let options =
                "events.join=join&events.message=signal&events.direct=signal_to&events.left=left&fields.to=target&fields.from=sender"
            let run = try await ConformRun(["socketio?\(options):http://127.0.0.1:\(port)"])
            #expect(
                Set(run.cases(0, in: ConformRun.troubles).keys) == Self.known["python-socketio", default: []],
                "\(run.cases(0, in: ConformRun.troubles))")
        }
    }

    @Test func `thirty lines of Python are judged by their declaration file alone`() async throws {
        let python = try PythonPeer.required()
        let folder = try TemporaryFolder()
        let declaration = try folder.file("tiny.json", Self.tiny)
        let words = [python.interpreter, PythonPeer.path(of: "tiny_relay.py")]
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let run = try await ConformRun(["ws://127.0.0.1:\(port)/", "--declare", declaration])
            #expect(run.ending.status == 0, "\(run.ending.output) \(run.ending.errors)")
            #expect(run.cases(0, in: ConformRun.troubles) == [:])
            #expect(run.cases(0, in: [.pass]).count >= 60)
            #expect(run.result.backends[0].declared["order"] == "total")
            // A server that says that it echoes, and does not, is caught by the same file with one word changed.
            let wrong = try folder.file(
                "wrong.json", Self.tiny.replacing("\"selfEcho\": false", with: "\"selfEcho\": true"))
            let again = try await ConformRun(["relay:ws://127.0.0.1:\(port)/", "--declare", wrong, "--cases", "DLV-02"])
            #expect(again.ending.status == 1)
            #expect(Array(again.cases(0, in: [.fail]).keys) == ["DLV-02"])
        }
    }

    /// How near the rates are to the law is a matter of the machine's hiccups; it is held to the law in virtual time.
    @Test func `the sweep of the law of glare is run and reported`() async throws {
        let run = try await ConformRun(["relay?delay=20ms", "--profile", "full", "--cases", "NEG-01,NEG-03"])
        #expect(run.ending.status == 0, "\(run.ending.output)")
        let sweep = try #require(run.result.backends[0].cases.first { $0.id == "NEG-03" }?.sweep)
        #expect(sweep.map(\.ratio) == [2, 4, 8])
        for point in sweep {
            #expect(point.pairs == 2_000)
            #expect(point.latency >= 20)
        }
        // Wider windows glare less: a quarter and three quarters of the pairs are to complete.
        #expect(try #require(sweep.first).measured < #require(sweep.last).measured)
        #expect(run.html.contains("(1 − T/W)²"))
    }

    private static let tiny = """
        {"backend": "tiny", "version": "1", "adapter": "relay", "capabilities": {
          "identity": {"assign": "server", "stability": "connection", "fromAuthority": "client"},
          "selfEcho": false, "directed": "broadcast", "delivery": "at-most-once", "order": "total", "ack": "none",
          "history": "none", "presence": {"join": false, "leave": "none"}, "room": {"multi": true, "emptyName": "reject"},
          "leave": true, "maxMessageBytes": 1048576, "oversize": "close", "transports": ["ws"]}}
        """
}

/// The quick profile against every backend that is embedded, all at once: each of them mostly waits.
@Suite(.enabled(if: Lane.isPatient, "it runs the program"), .sideBySide, .timeLimit(.minutes(5)))
struct ConformEmbeddedTests {
    @Test(arguments: ["relay", "relay-routed", "baas", "socketio"])
    func `an embedded backend conforms`(id: String) async throws {
        let run = try await ConformRun([id])
        #expect(run.ending.status == 0, "\(run.ending.output) \(run.ending.errors)")
        #expect(run.cases(0, in: ConformRun.troubles) == [:])
        #expect(run.result.backends[0].isComplete && run.result.backends[0].cases.count == 90)
        // At least two thirds of the catalogue apply, and were put to the test.
        #expect(run.cases(0, in: [.pass]).count >= 60, "\(run.result.backends[0].counts)")
        try run.checkFiles(backends: 1)
    }
}
