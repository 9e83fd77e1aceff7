import Foundation
import Glibc
import Measure
import TestKit
import Testing

/// What `conform` says and exits with.
@Suite(.enabled(if: Lane.isPatient, "it runs the program"), .sideBySide, .serialized, .timeLimit(.minutes(5)))
struct ConformCommandTests {
    private static func say(_ arguments: String...) async throws -> SignalbenchProcess.Ending {
        try await SignalbenchProcess(["conform"] + arguments).end(within: .seconds(60))
    }

    @Test func `the cases are listed`() async throws {
        let list = try await Self.say("--list")
        #expect(list.status == 0 && list.output.contains("NEG-03") && list.output.contains("simultaneous"))
        let json = try await SignalbenchProcess(["list", "cases", "--format", "json"]).end()
        let catalogue = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect((catalogue["cases"] as? [Any])?.count == 90)
        #expect(catalogue["catalogueVersion"] is String)
    }

    @Test(
        arguments: [
            (["nothing"], 64, "there is no backend 'nothing'"),
            (["relay", "--cases", "DLV-99"], 64, "no case is called 'DLV-99'"),
            (["mqtt"], 64, "mqtt has no embedded server"),
            (["relay:ws://127.0.0.1:1/"], 69, "nothing answers at 127.0.0.1:1"),
            (["relay", "--declare", "/nowhere.json"], 65, "cannot read the declaration"),
            (["relay", "--baseline", "/nowhere.txt"], 65, "cannot read the baseline"),
            (["relay", "--profile", "fast"], 64, "fast"), (["relay", "--out", "/proc/x"], 64, "cannot write"),
            (["relay", "--set", "backend.eco=true"], 64, "eco"),
        ])
    func `a mistake is named, with the right exit code`(arguments: [String], status: Int32, words: String) async throws
    {
        let folder = try TemporaryFolder()
        let out = arguments.contains("--out") ? [] : ["--out", folder.path + "/out"]
        let ending = try await SignalbenchProcess(["conform"] + arguments + out + ["--quiet"]).end(within: .seconds(60))
        #expect(ending.status == status, "\(ending.errors)")
        #expect(ending.errors.contains(words), "\(ending.errors)")
    }

    @Test func `every mistake of a declaration and of a baseline is told with its place`() async throws {
        let folder = try TemporaryFolder()
        let declaration = try folder.file("d.json", #"{"backend":"x","capabilities":{"selfecho":true,"order":"fifi"}}"#)
        let first = try await Self.say("relay", "--declare", declaration, "--out", folder.path + "/a")
        #expect(first.status == 65)
        #expect(
            first.errors.contains("d.json:1:32: error: there is no key 'selfecho'")
                && first.errors.contains("order must be"))
        let baseline = try folder.file("b.txt", "relay DLV-01 # fine\nrelay DLV-77\nrelay\n")
        let second = try await Self.say("relay", "--baseline", baseline, "--out", folder.path + "/b")
        #expect(second.status == 65)
        #expect(
            second.errors.contains("b.txt:2:1: error: there is no case 'DLV-77'")
                && second.errors.contains("b.txt:3:1: error"))
    }

    @Test func `a baseline excuses what it lists, and only while it fails`() async throws {
        let folder = try TemporaryFolder()
        let declaration = try folder.file("d.json", #"{"backend":"x","capabilities":{"selfEcho":true}}"#)
        let server = try SignalbenchProcess(["serve", "relay"])
        try await server.wait { $0.output.contains("\"ready\":true") }
        let line = try #require(try JSONSerialization.jsonObject(with: Data(server.output.utf8)) as? [String: Any])
        let name = "relay:\(try #require(line["url"] as? String))"
        let arguments = [name, "--declare", declaration, "--cases", "DLV-02,DLV-01"]
        let plain = try await ConformRun(arguments)
        #expect(plain.ending.status == 1)
        let excused = try await ConformRun(
            arguments + ["--baseline", try folder.file("b.txt", "\(name) DLV-02 # echoes not\n")])
        #expect(excused.ending.status == 1, "DLV-01 loses its echo, too: \(excused.ending.output)")
        let both = try folder.file("c.txt", "\(name) DLV-02\n\(name) DLV-01\n")
        let all = try await ConformRun(arguments + ["--baseline", both])
        #expect(all.ending.status == 0, "\(all.ending.output)")
        #expect(all.junit.contains("skipped=\"90\"") || all.junit.contains("xfail") || all.junit.contains("expected: "))
        let passing = try await ConformRun([name, "--cases", "DLV-01", "--baseline", both])
        #expect(passing.ending.status == 1)
        #expect(passing.result.backends[0].unexpectedPasses == ["DLV-01"])
        server.send(SIGTERM)
        _ = try await server.end(within: .seconds(10))
    }

    @Test func `the relay of 2016 is found out`() async throws {
        let run = try await ConformRun(["socketio", "--faithful-2016", "--cases", "ROOM-01,DIR-*,DLV-*"])
        #expect(run.ending.status == 1)
        #expect(run.cases(0, in: [.fail]).keys.sorted() == ["DIR-05", "ROOM-01"])
        #expect(run.html.contains("class=\"sequence\""))
    }

    @Test func `Ctrl-C ends it in order, with what was found so far`() async throws {
        let folder = try TemporaryFolder()
        let process = try SignalbenchProcess(["conform", "relay", "--out", folder.path + "/out"])
        try await process.wait { $0.errors.contains("relay IDN-03") }
        process.send(SIGINT)
        let ending = try await process.end(within: .seconds(60))
        #expect(ending.status == 130, "\(ending.errors)")
        let json = try Data(contentsOf: URL(filePath: folder.path + "/out/conformance.json"))
        let result = try JSONDecoder().decode(ConformanceResult.self, from: json)
        #expect(result.interrupted && !result.backends.isEmpty && !result.backends[0].isComplete)
    }
}
