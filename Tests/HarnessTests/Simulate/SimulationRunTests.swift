import Foundation
import Harness
import Testing

/// Runs in virtual time need neither sockets nor processes: the controller is called as the command calls it.
struct SimulationRunTests {
    private static let profile = """
        name: simulated
        seed: 7
        agents: 24
        rooms: {size: 4}
        arrival: {pattern: constant, rate: 8/s}
        calls: {when: join}
        signaling: {strategy: perfect, timeout: 2s}
        chatter: {rate: 2/s}
        phases: {warmup: 1s, steady: 4s, drain: 2s}
        gates: ["negotiation.completion >= 100%", "fanout.latency.p50 < 1s"]
        """

    private struct Played {
        var outcome: RunOutcome
        var json: [String: Any]
        var bytes: Data
        var folder: TemporaryFolder

        func metric(_ path: String) -> Double? { (self.json["metrics"] as? [String: Double])?[path] }
    }

    private static func play(
        _ change: (inout SimulationRequest) -> Void = { _ in }
    ) async throws -> Played {
        let folder = try TemporaryFolder()
        let file = folder.path + "/simulated.yaml"
        try Self.profile.write(toFile: file, atomically: true, encoding: .utf8)
        var request = SimulationRequest()
        request.run.profile = file
        request.run.out = folder.path + "/out"
        request.run.command = ["signalbench", "simulate", "simulated.yaml"]
        change(&request)
        let controller = SimulationController(
            request: request, own: "/nowhere/signalbench", printer: ProgressPrinter(mode: .quiet))
        let outcome = try await controller.run()
        let bytes = try Data(contentsOf: URL(filePath: folder.path + "/out/report.json"))
        let json = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        return Played(outcome: outcome, json: json, bytes: bytes, folder: folder)
    }

    @Test func `a simulated run is judged as a run, and says everywhere that it is none`() async throws {
        let played = try await Self.play { $0.link = "delay=20ms" }
        #expect(played.outcome.status == .pass)
        #expect(played.json["simulated"] as? Bool == true)
        #expect(played.outcome.text.hasPrefix("SIMULATED PASS"))
        for file in ["report.html", "summary.md"] {
            let text = try String(contentsOfFile: played.folder.path + "/out/" + file, encoding: .utf8)
            #expect(text.contains("Simulated in virtual time, not measured."), "\(file)")
        }
        // Six rooms of four: 36 pairs; a delivery goes to the server and on, which is twice the delay.
        #expect(played.metric("negotiation.expected") == 36)
        #expect(played.metric("negotiation.completion") == 1)
        #expect(played.metric("deliveries.lost") == 0)
        let p50 = try #require(played.metric("fanout.latency.p50"))
        #expect((40...40.5).contains(p50), "\(p50)")
    }

    @Test func `the same seed gives the same bytes, twice`() async throws {
        let link: (inout SimulationRequest) -> Void = { $0.link = "delay=exp:15ms,split=2" }
        let (one, other) = (try await Self.play(link), try await Self.play(link))
        #expect(one.bytes == other.bytes)
    }

    @Test func `a service law makes a queue, and one too slow breaks the contract`() async throws {
        let free = try await Self.play()
        let busy = try await Self.play { $0.service = "perMessage=1ms,perDelivery=2ms" }
        let (fast, slow) = (try #require(free.metric("fanout.last.p50")), try #require(busy.metric("fanout.last.p50")))
        // The last of three receivers waits for the message and for three deliveries.
        #expect(slow - fast >= 7)
        #expect(busy.metric("deliveries.lost") == 0)
        let dead = try await Self.play { $0.service = "perMessage=1s,perDelivery=1s" }
        #expect(dead.outcome.status != .pass)
    }

    @Test func `what a capacity search measured is a law`() async throws {
        let played = try await Self.play { request in
            let file = (request.run.profile ?? "") + ".capacity.json"
            let law = #"{"laws": {"publish": {"a": 1000, "b": 2000}}}"#
            try? law.write(toFile: file, atomically: true, encoding: .utf8)
            request.law = file
        }
        // a + b for the message, b for each of three deliveries.
        let p50 = try #require(played.metric("fanout.last.p50"))
        #expect(p50 >= 9)
    }

    @Test func `a law that does not fit what was measured is refused`() async throws {
        let error = await #expect(throws: HarnessError.self) {
            _ = try await Self.play { request in
                let file = (request.run.profile ?? "") + ".capacity.json"
                let law = #"{"laws": {"publish": {"a": 1000, "b": 2000, "fits": false}}}"#
                try? law.write(toFile: file, atomically: true, encoding: .utf8)
                request.law = file
            }
        }
        #expect(error?.message.contains("no line") == true)
    }

    @Test(arguments: [
        ("link", "delay"), ("link", "delay=fast"), ("link", "weight=3"), ("link", "delay=5ms..1ms"),
        ("service", "cores=0"), ("service", "perMessage=-1ms"), ("law", "/nowhere/capacity.json"),
        ("backend", "mqtt"), ("backend", "relay:ws://127.0.0.1:9/"), ("both", ""),
    ])
    func `a mistake is named before anything is played`(flag: String, value: String) async throws {
        await #expect(throws: HarnessError.self) {
            _ = try await Self.play { request in
                switch flag {
                case "link": request.link = value
                case "service": request.service = value
                case "law": request.law = value
                case "both": (request.service, request.law) = ("cores=1", "x")
                default: request.run.backends = [value]
                }
            }
        }
    }
}
