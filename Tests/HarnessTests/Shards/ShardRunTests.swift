import Foundation
import Harness
import Measure
import Reporting
import TestKit
import Testing

/// Real processes, because what is divided here is one run over several of them; nothing depends on their speed.
@Suite(.enabled(if: Lane.isPatient, "it runs the program"), .sideBySide, .serialized)
struct ShardRunTests {
    /// Four rooms of three: per room 3 calls and 3 pairs of 7 messages, broadcast to two others, and a bye of each.
    static let profile = """
        name: divided
        agents: 12
        rooms: {size: 3}
        arrival: {pattern: constant, rate: 100/s}
        calls: {when: present, gap: 300ms}
        signaling: {pacing: none, candidates: 2, timeout: 2s}
        chatter: {rate: 0}
        phases: {warmup: 200ms, steady: 2s, drain: 3s}
        validity: {lateness: 100%, loopLag: 5s, cpu: 100%, throttled: 100%}
        gates: ["agents.connected == 12"]

        """

    static let sent = 4 * (3 + 3 * 7 + 3)

    @Test func `two shards are one run, whose counts are those of the formula; a killed or doubled one is named`()
        async throws
    {
        let folder = try TemporaryFolder()
        let profile = try folder.file("divided.yaml", Self.profile)
        let server = try SignalbenchProcess(["serve", "relay", "--port", "0"], in: folder.path)
        try await server.wait { $0.output.contains("\"ready\":true") }
        let line = try #require(server.output.split(separator: "\n").first)
        let ready = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let url = try #require(ready["url"] as? String)
        func shard(_ shard: String, _ part: String, _ more: [String] = []) throws -> SignalbenchProcess {
            try SignalbenchProcess(
                ["run", profile, "--backend", "relay:\(url)", "--shard", shard, "--part", part, "--no-html"] + more,
                in: folder.path)
        }

        let one = try shard("1/2", "parts")
        let zero = try shard("0/2", "parts")
        let endings = [try await zero.end(), try await one.end()]
        for ending in endings { #expect(ending.status == 0, "\(ending.errors)\(ending.output)") }
        let merged = try await SignalbenchProcess.run("merge", "parts", in: folder.path)
        #expect(merged.status == 0, "\(merged.errors)\(merged.output)")
        let result = try ResultFile.read(folder.path + "/parts/merged/report.json").result
        #expect(result.metrics["agents.connected"] == 12)
        #expect(result.metrics["messages.sent"] == Double(Self.sent))
        #expect(result.metrics["deliveries.total"] == Double(2 * Self.sent))
        #expect(result.metrics["deliveries.lost"] == 0)
        #expect(result.metrics["negotiation.completion"] == 1)
        #expect(result.metrics["amplification.messages"] == result.metrics["amplification.predicted"])
        #expect(result.shards?.map(\.agents) == [6, 6])
        #expect(result.gates.map(\.verdict) == [.pass])
        let own = try (0..<2).map { try ResultFile.read("\(folder.path)/parts/shard-\($0)-of-2/report.json").result }
        for name in ["messages.sent", "deliveries.total", "negotiation.connectable", "bytes.delivered"] {
            #expect(result.metrics[name] == own.reduce(0) { $0 + ($1.metrics[name] ?? 0) }, "\(name)")
        }

        // A folder holds one attempt.
        let again = try await shard("0/2", "parts").end()
        #expect(again.status == 74)
        #expect(again.errors.contains("another attempt"), "\(again.errors)")

        // One that is killed is missing, and what is left proves nothing.
        let killed = try shard("1/2", "killed")
        let left = try shard("0/2", "killed")
        try await killed.wait { _ in FileManager.default.fileExists(atPath: folder.path + "/killed/start.json") }
        killed.send(SIGKILL)
        _ = try await killed.end()
        #expect(try await left.end().status == 0)
        let partial = try await SignalbenchProcess.run("merge", "killed", in: folder.path)
        #expect(partial.status == 74, "\(partial.output)")
        #expect(partial.output.contains("1 of 2 shards: shard 1/2 is missing"), "\(partial.output)")
        let rest = try ResultFile.read(folder.path + "/killed/merged/report.json").result
        #expect(rest.verdict == .invalid)
        #expect(rest.metrics["messages.sent"] == Double(Self.sent / 2))
        #expect(rest.gates.isEmpty)

        // Without its twin nobody begins.
        let alone = try await shard("0/2", "alone", ["--wait", "300ms"]).end()
        #expect(alone.status == 74)
        #expect(alone.errors.contains("shard 1/2 did not come"), "\(alone.errors)")
        server.send(SIGTERM)
        #expect(try await server.end().status == 0)
    }
}
