import Foundation
import Glibc
import Harness
import Measure
import Reporting
import TestKit
import Testing

/// Real engines, because what they say to a process and what becomes of its end is theirs; speed decides nothing.
@Suite(.enabled(if: Lane.isPatient, "it runs Slurm and Open MPI"), .sideBySide, .serialized)
struct EngineTests {
    private static let deploy =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/Profiles/deploy"

    /// A server, and the words of a run against it.
    private struct Setting {
        let folder: TemporaryFolder
        let server: SignalbenchProcess
        let words: [String]

        init() async throws {
            self.folder = try TemporaryFolder()
            let profile = try self.folder.file("divided.yaml", ShardRunTests.profile)
            self.server = try SignalbenchProcess(["serve", "relay", "--port", "0"], in: self.folder.path)
            try await self.server.wait { $0.output.contains("\"ready\":true") }
            let line = try #require(self.server.output.split(separator: "\n").first)
            let ready = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            self.words = [profile, "--backend", "relay:\(try #require(ready["url"] as? String))", "--no-html"]
        }

        var environment: [String: String] {
            get throws {
                ["SIGNALBENCH": try SignalbenchProcess.executable, "SIGNALBENCH_PARTS": self.folder.path + "/parts"]
            }
        }

        /// The one merged report below the folder of parts.
        func merged() throws -> RunResult {
            let parts = self.folder.path + "/parts"
            let attempt = try #require(try FileManager.default.contentsOfDirectory(atPath: parts).first)
            return try ResultFile.read("\(parts)/\(attempt)/merged/report.json").result
        }

        func end() async throws {
            self.server.send(SIGTERM)
            #expect(try await self.server.end().status == 0)
        }
    }

    @Test(.enabled(if: getuid() == 0, "Slurm's nodes want root"))
    func `a job of two nodes of Slurm is one run, and a batch script is no shard`() async throws {
        let setting = try await Setting()
        try await SlurmCluster.with { cluster in
            let status = try await cluster.job(
                ["--nodes=2", "--output=job.txt", Self.deploy + "/slurm.sbatch"] + setting.words,
                in: setting.folder.path, environment: setting.environment)
            let text = (try? String(contentsOfFile: setting.folder.path + "/job.txt", encoding: .utf8)) ?? "no output"
            #expect(status == 0, "\(text)")
            let result = try setting.merged()
            #expect(result.metrics["messages.sent"] == Double(ShardRunTests.sent))
            #expect(result.shards?.count == 2)

            let body = "#!/bin/sh\nexec \(try SignalbenchProcess.executable) run --shard auto --part body\n"
            let script = try setting.folder.file("body.sh", body)
            let alone = try await cluster.job(["--ntasks=2", "--output=body.txt", script], in: setting.folder.path)
            #expect(alone == 64)
            let refused = try String(contentsOfFile: setting.folder.path + "/body.txt", encoding: .utf8)
            #expect(refused.contains("body of a batch script"), "\(refused)")
        }
        try await setting.end()
    }

    @Test func `three ranks of Open MPI are one run`() async throws {
        let setting = try await Setting()
        let launch = ["-n", "3", "--oversubscribe"] + (getuid() == 0 ? ["--allow-run-as-root"] : [])
        let ending = try await SignalbenchProcess(
            launch + ["--"] + setting.words, in: setting.folder.path, executable: Self.deploy + "/openmpi.sh",
            environment: setting.environment
        ).end()
        #expect(ending.status == 0, "\(ending.errors)\(ending.output)")
        let result = try setting.merged()
        #expect(result.metrics["messages.sent"] == Double(ShardRunTests.sent))
        #expect(result.shards?.map(\.index) == [0, 1, 2])
        try await setting.end()
    }
}
