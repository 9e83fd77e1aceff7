import Foundation
import Harness
import Measure
import TestKit
import Testing

/// Real runs, because what is held together here is processes, folders and a signal; nothing depends on their speed.
@Suite(.enabled(if: Lane.isPatient, "it runs the program"), .sideBySide, .serialized)
struct CapacityRunTests {
    /// Rooms whose amplification grows with their size by arithmetic: 2.56 with four members, 3.33 with five.
    private static let profile = """
        name: tiny
        agents: 6
        rooms: {size: 3}
        arrival: {pattern: constant, rate: 100/s}
        calls: {when: present, gap: 100ms}
        signaling: {pacing: none, candidates: 2, timeout: 2s}
        chatter: {rate: 0}
        phases: {warmup: 200ms, steady: 1s, drain: 2s}
        leave: vanish
        validity: {lateness: 100%, loopLag: 5s, cpu: 100%, throttled: 100%}

        """

    @Test func `a search that was interrupted goes on, and finds the room size that arithmetic gives`() async throws {
        let folder = try TemporaryFolder()
        let profile = try folder.file("tiny.yaml", Self.profile)
        let out = folder.path + "/search"
        let words = [
            "capacity", profile, "--axis", "roomSize", "--slo", "amplification.messages < 3", "--confirm", "1/1",
            "--max", "12", "--cool-down", "100ms", "--no-html",
        ]
        let first = try SignalbenchProcess(words + ["--out", out], in: folder.path)
        var before: CapacityReport?
        for _ in 0..<600 where before == nil {
            before = try? CapacityFile.read(out)
            if before == nil { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(before != nil, "no trial was written within 30 s")
        first.send(SIGINT)
        let interrupted = try await first.end()
        #expect(interrupted.status == 130, "\(interrupted.errors)")
        let kept = try CapacityFile.read(out)
        #expect(kept.answer == nil)
        #expect(!kept.trials.isEmpty)

        let other = try await SignalbenchProcess(words + ["--width", "0.5", "--resume", out], in: folder.path).end()
        #expect(other.status == 64)
        #expect(other.errors.contains("was for something else"), "\(other.errors)")

        let ending = try await SignalbenchProcess(words + ["--resume", out], in: folder.path).end()
        #expect(ending.status == 0, "\(ending.errors)")
        let report = try CapacityFile.read(out)
        #expect(Array(report.trials.prefix(kept.trials.count)) == kept.trials)
        #expect(report.answer?.kind == .bracket, "\(report.line ?? "")")
        #expect(report.answer?.lower == 4)
        #expect(report.answer?.upper == 5)
        #expect(report.answer?.missed == ["amplification.messages < 3"])
        #expect(ending.output.contains("4 members a room"), "\(ending.output)")
        #expect(ending.errors.contains("bracket"), "\(ending.errors)")
        for trial in report.trials {
            let path = "\(out)/\(trial.folder)/report.json"
            #expect(FileManager.default.fileExists(atPath: path), "\(path)")
        }
    }
}
