import Foundation
import Harness
import TestKit
import Testing

@testable import Workload

/// Every mistake: one line of cause, one of cure, the exit code of the documentation, and no report left behind.
@Suite(.enabled(if: Lane.isSerial, "it runs the program"))
struct BadInputTests {
    @Test(
        arguments: [
            (["run", "--backend", "rely"], 64, "did you mean"),
            (["run", "--backend", "zookeeper"], 64, "relay-routed"),
            (["run", "--backend", "relay:ws://"], 64, "ws://"),
            (["run", "--backend", "relay:ws://127.0.0.1:99999/"], 64, "99999"),
            (["run", "--backend", "relay:mqtt://127.0.0.1:1/"], 64, "mqtt"),
            (["run", "--backend", "ws://127.0.0.1:1/"], 64, "relay:ws://"),
            (["run", "--agents", "0"], 64, "agents"),
            (["run", "--agents", "many"], 64, "agents"),
            (["run", "--room-size", "0"], 64, "rooms.size"),
            (["run", "--duration", "soon"], 64, "phases.steady"),
            (["run", "--strategy", "hope"], 64, "strategy"),
            (["run", "--seed", "x"], 64, "seed"),
            (["run", "--set", "agents"], 64, "--set"),
            (["run", "--set", "agnets=3"], 64, "did you mean"),
            (["run", "--gate", "fanout.latency.p99 under 50ms"], 64, "gate"),
            (["run", "--gate", "fanout.latncy.p99 < 50ms"], 64, "did you mean"),
            (["run", "--out", "/proc/reports"], 64, "/proc/reports"),
            (["run", "--out", "/dev/null/x"], 64, "/dev/null/x"),
            (["run", "no-such-profile"], 64, "no-such-profile"),
            (["run", "--frobnicate"], 64, "frobnicate"),
            (["run", "--format", "xml"], 64, "xml"),
            (["frobnicate"], 64, "frobnicate"),
            (["comprae", "a", "b"], 64, "did you mean 'compare'"),
            (["help", "comprae"], 64, "did you mean 'compare'"),
            (["list", "bakcends"], 64, "did you mean 'backends'"),
            (["run", "--format", "jsno"], 64, "did you mean 'json'"),
            (["run", "--durration", "5s"], 64, "--duration"),
            (["trend", "/nonexistent"], 65, "/nonexistent"),
            (["trend", ".", "--metric", "fanout.latncy.p99"], 64, "did you mean"),
            (["serve"], 64, "backend"),
            (["serve", "rely"], 64, "did you mean"),
            (["serve", "relay", "--port", "70000"], 64, "70000"),
            (["serve", "relay", "--delay", "soon"], 64, "soon"),
            (["serve", "relay", "--loops", "0"], 64, "loops"),
            (["serve", "relay", "--tls-cert", "x.pem"], 64, "--tls-key"),
            (["list", "planets"], 64, "planets"),
            (["doctor", "--agents", "0"], 64, "agents"),
            (["whatif", "--agents", "0"], 64, "--agents"),
            (["whatif", "--join-rate", "20"], 64, "--join-rate"),
            (["whatif", "--provider", "abli"], 64, "did you mean"),
            (["whatif", "/nonexistent.json"], 65, "/nonexistent.json"),
            (["whatif", "--prices", "/nonexistent.json"], 65, "/nonexistent.json"),
            (["capacity", "--axis", "rooms"], 64, "--slo"),
            (["capacity", "--axis", "sideways", "--slo", "deliveries.lost == 0"], 64, "sideways"),
            (["capacity", "--axis", "rooms", "--slo", "deliveries.lots == 0"], 64, "deliveries.lots"),
            (["capacity", "--axis", "rooms", "--slo", "deliveries.lost == 0", "--confirm", "3/2"], 64, "flags"),
            (["capacity", "--axis", "rooms", "--slo", "deliveries.lost == 0", "--resume", "/nowhere"], 65, "/nowhere"),
            (["capacity", "--axis", "rooms", "--slo", "deliveries.lost == 0", "--cool-down", "soon"], 64, "soon"),
            (["whatif", "--html", "/proc/x.html"], 64, "/proc/x.html"),
            (["whatif", "--strategy", "polite"], 64, "polite"),
            (["run", "--shard", "0/2"], 64, "--part"),
            (["run", "--part", "x"], 64, "--shard"),
            (["run", "--shard", "2/2", "--part", "x"], 64, "2/2"),
            (["run", "--shard", "0/2", "--part", "x"], 64, "of its own"),
            (["merge", "/nonexistent"], 65, "/nonexistent"),
            (["merge", "."], 74, "no part"),
            (["compare", "/nonexistent.json", "/nonexistent.json"], 65, "/nonexistent.json"),
            (["report", "/nonexistent.json"], 65, "/nonexistent.json"),
            (["validate", "/nonexistent.yaml"], 64, "/nonexistent.yaml"),
        ] as [([String], Int32, String)])
    func `a mistake has its cause, its cure and its exit code`(
        arguments: [String], status: Int32, cause: String
    ) async throws {
        let folder = try TemporaryFolder()
        let ending = try await SignalbenchProcess(arguments, in: folder.path).end()
        #expect(ending.status == status, "\(ending.errors)")
        #expect(ending.errors.contains(cause), "\(ending.errors)")
        #expect(ending.output.isEmpty, "\(ending.output)")
        #expect(ending.errorLines.count == 2, "\(ending.errors)")
        #expect(ending.errorLines.last?.hasPrefix("cure: ") == true, "\(ending.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/Reports"))
    }

    @Test func `a profile with five mistakes lists five`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "bad.yaml",
            """
            name: bad
            agnets: 10
            rooms: {size: 0}
            arrival: {pattern: posson}
            phases: {steady: 20 parsecs}
            signaling: {strategy: hope}

            """)
        let validated = try await SignalbenchProcess.run("validate", path)
        #expect(validated.status == 65)
        let lines = validated.output.split(separator: "\n")
        #expect(lines.count == 5, "\(validated.output)")
        #expect(lines.allSatisfy { $0.hasPrefix("\(path):") && $0.contains(": error: ") })
        let ran = try await SignalbenchProcess(["run", path], in: folder.path).end()
        #expect(ran.status == 65)
        #expect(ran.errorLines.count == 6, "\(ran.errors)")
    }

    @Test(
        arguments: [
            ("agents: 6000\narrival: {rate: 0.002/h}\n", "2:17: error: arrival.rate", "24h"),
            ("calls: {when: present, gap: 1000h}\n", "1:29: error: calls.gap", "24h"),
            (
                "agents: 1000000\nrooms: {size: 4096}\narrival: {pattern: burst}\n", "2:15: error: agents",
                "sessions and pairs"
            ),
        ])
    func `a plan that no machine carries out is a mistake in the file`(
        text: String, place: String, reason: String
    ) async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("large.yaml", text)
        for command in ["validate", "run"] {
            let ending = try await SignalbenchProcess([command, path], in: folder.path).end()
            let said = ending.output + ending.errors
            #expect(ending.status == 65, "\(said)")
            #expect(said.contains("\(path):\(place)") && said.contains(reason), "\(said)")
        }
        let ran = try await SignalbenchProcess(["run", path], in: folder.path).end()
        #expect(ran.errorLines.last?.hasPrefix("cure: ") == true, "\(ran.errors)")
    }

    @Test func `no extreme of any key ends the program by a signal`() async throws {
        let folder = try TemporaryFolder()
        var paths: [String] = []
        for key in ProfileKeys.all {
            for text in key.extremes where text.utf8.count < 100 {
                let names = key.path.split(separator: ".")
                let opened = names.map { "{\($0): " }.joined() + (text.isEmpty ? "''" : text)
                let file = "\(paths.count).yaml"
                paths.append(try folder.file(file, opened + String(repeating: "}", count: names.count) + "\n"))
            }
        }
        let ending = try await SignalbenchProcess(["validate"] + paths, in: folder.path).end()
        #expect(ending.status == 65, "\(ending.status): \(ending.errors)")
        #expect(ending.output.contains(": error: rooms.size"), "\(ending.output)")
    }

    @Test func `a gate of the profile that is none is a mistake in the file`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("gate.yaml", "name: gate\ngates:\n  - fanout.latency.p99 under 50ms\n")
        #expect(try await SignalbenchProcess.run("validate", path).status == 65)
        let ran = try await SignalbenchProcess(["run", path], in: folder.path).end()
        #expect(ran.status == 65, "\(ran.errors)")
    }

    @Test func `a port that refuses is exit 69 and names the place`() async throws {
        let folder = try TemporaryFolder()
        let port = try LoopbackListener.freePort()
        let profile = try folder.file("small.yaml", "name: small\nagents: 4\n")
        let ending = try await SignalbenchProcess(
            ["run", profile, "--backend", "relay:ws://127.0.0.1:\(port)/", "--quiet"], in: folder.path
        ).end()
        #expect(ending.status == 69, "\(ending.errors)")
    }

    @Test func `a port that is taken is exit 69 with its cure`() async throws {
        let listener = try LoopbackListener()
        let ending = try await SignalbenchProcess.run("serve", "relay", "--port", "\(listener.port)")
        #expect(ending.status == 69)
        #expect(ending.output.isEmpty)
        #expect(ending.errorLines.count == 2, "\(ending.errors)")
        #expect(ending.errors.contains("already in use"))
        #expect(ending.errors.contains("--port"))
    }

    @Test func `a launch that fails is exit 69 and says why`() async throws {
        let folder = try TemporaryFolder()
        let profile = try folder.file(
            "launch.yaml",
            """
            name: launch
            agents: 4
            backend:
              id: relay
              launch: [sh, -c, "echo out of luck >&2; exit 3"]
              url: ws://127.0.0.1:\(try LoopbackListener.freePort())/

            """)
        let ending = try await SignalbenchProcess(["run", profile, "--quiet"], in: folder.path).end()
        #expect(ending.status == 69, "\(ending.errors)")
        #expect((ending.output + ending.errors).contains("out of luck"))
    }

    @Test func `two flags of which one is wrong name the wrong one`() async throws {
        let ending = try await SignalbenchProcess.run("run", "--agents", "10", "--room-size", "none")
        #expect(ending.status == 64)
        #expect(ending.errors.contains("rooms.size"))
    }
}
