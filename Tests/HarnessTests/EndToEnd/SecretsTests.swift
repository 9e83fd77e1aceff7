import Foundation
import TestKit
import Testing

/// What was told in confidence stands in no output and no file.
@Suite(.enabled(if: Lane.isSerial, "it runs the program, and looks at all that it writes"), .serialized)
struct SecretsTests {
    private static let secrets = [
        "Geheim-Header-1", "Geheim-Query-2", "Geheim-User-3", "Geheim-Variable-4", "Geheim-File-5",
    ]

    private static func settings(_ url: String) throws -> [String] {
        let address = try #require(url.split(separator: "//").last)
        return [
            "--backend", "relay:ws://agent:Geheim-User-3@\(address)?access_token=Geheim-Query-2",
            "--set", "backend.headers.Authorization=Bearer Geheim-Header-1",
            "--set", "backend.headers.X-Note=${secret:NOT_SET_ANYWHERE:-Geheim-Variable-4}",
        ]
    }

    private static func check(_ ending: SignalbenchProcess.Ending, _ folder: String) throws {
        for secret in self.secrets {
            #expect(!ending.output.contains(secret) && !ending.errors.contains(secret), "\(secret)")
        }
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for file in files where !file.hasSuffix("profile.yaml") {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)") else { continue }
            let text = String(decoding: data, as: UTF8.self)
            for secret in self.secrets { #expect(!text.contains(secret), "\(secret) in \(file)") }
        }
    }

    @Test func `a run that reaches its backend, and one that does not, keep them`() async throws {
        let server = try SignalbenchProcess(["serve", "relay"])
        try await server.wait { $0.output.contains("\"ready\":true") }
        let line = try #require(try JSONSerialization.jsonObject(with: Data(server.output.utf8)) as? [String: Any])
        let url = try #require(line["url"] as? String)
        let small = try SmallRun(SmallRun.profile())
        let file = try small.folder.file("key", "Geheim-File-5")
        let ending = try await small.start(
            try Self.settings(url) + ["--set-file", "backend.headers.X-Key=\(file)"]
        ).end()
        #expect(ending.status == 0, "\(ending.errors)")
        try Self.check(ending, small.out)
        let doctor = try SignalbenchProcess(["doctor"] + (try Self.settings(url)))
        try Self.check(try await doctor.end(within: .seconds(30)), small.out)
        server.send(SIGTERM)
        _ = try await server.end(within: .seconds(10))
        let lost = try SmallRun(SmallRun.profile())
        let failed = try await lost.start(try Self.settings(url)).end()
        #expect(failed.status != 0)
        try Self.check(failed, lost.out)
        let mistaken = try await lost.start(["--set", "backend.password=Geheim-Query-2"]).end()
        #expect(mistaken.status == 64)
        try Self.check(mistaken, lost.out)
    }
}
