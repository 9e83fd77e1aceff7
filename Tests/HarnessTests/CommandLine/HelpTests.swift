import Foundation
import TestKit
import Testing

@Suite(.enabled(if: Lane.isSerial, "it runs the program"))
struct HelpTests {
    @Test(arguments: [
        "run", "conform", "serve", "compare", "trend", "report", "validate", "list", "doctor", "capacity",
        "whatif", "simulate", "merge", "calibrate",
    ])
    func `help has an example and exits 0`(command: String) async throws {
        let ending = try await SignalbenchProcess.run(command, "--help")
        #expect(ending.status == 0)
        #expect(ending.output.contains("Example:"))
        #expect(ending.output.contains("signalbench \(command)"))
        #expect(ending.errors.isEmpty)
    }

    @Test func `help lists the commands that people use, and only those`() async throws {
        let ending = try await SignalbenchProcess.run("--help")
        #expect(ending.status == 0)
        for command in [
            "run", "conform", "serve", "compare", "trend", "report", "validate", "list", "doctor", "capacity",
            "whatif", "simulate", "merge", "calibrate",
        ] {
            #expect(ending.output.contains("\n  \(command) "), "\(command)")
        }
        #expect(!ending.output.contains("supervise"))
        #expect(ending.output.contains("Exit codes"))
    }

    @Test func `the version is one line`() async throws {
        let ending = try await SignalbenchProcess.run("--version")
        #expect(ending.status == 0)
        #expect(ending.output.split(separator: "\n").count == 1)
    }

    @Test(arguments: ["backends", "profiles", "metrics", "keys"])
    func `every list is a table and, when asked for, JSON`(subject: String) async throws {
        let text = try await SignalbenchProcess.run("list", subject)
        #expect(text.status == 0)
        let json = try await SignalbenchProcess.run("list", subject, "--format", "json")
        #expect(json.status == 0)
        let rows = try JSONDecoder().decode([[String: String]].self, from: Data(json.output.utf8))
        #expect(rows.count == text.output.split(separator: "\n").count - 1)
        if subject != "profiles" { #expect(!rows.isEmpty) }
    }

    @Test func `doctor names what runs out first, for people and for programs`() async throws {
        let text = try await SignalbenchProcess.run("doctor")
        #expect(text.status == 0)
        #expect(text.output.contains("First to run out"))
        #expect(text.output.contains("raise it"))
        let json = try await SignalbenchProcess.run("doctor", "--format", "json")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect((report["agents"] as? Int ?? 0) > 0)
        #expect((report["limits"] as? [Any] ?? []).count >= 3)
    }

    @Test func `doctor says no when more agents are asked than fit`() async throws {
        let ending = try await SignalbenchProcess.run("doctor", "--agents", "100000000")
        #expect(ending.status == 2)
        #expect(ending.errors.contains("100000000"))
    }
}
