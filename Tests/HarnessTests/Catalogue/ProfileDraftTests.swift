import Backends
import Foundation
import Testing
import Workload

@testable import Harness

struct ProfileDraftTests {
    @Test(arguments: BackendCatalogue.all.map(\.id))
    func `a draft is a profile of the defaults without mistakes`(id: String) throws {
        let descriptor = try #require(BackendCatalogue.descriptor(for: id))
        let draft = ProfileDraft(for: descriptor).text
        let profile = try Self.read(draft)
        #expect(profile.backend.id == id)
        #expect((profile.backend.url == nil) == descriptor.embedded)
        #expect(profile.gates.count == 3)
        let own = Set(["name", "gates", "backend.id", "backend.url"])
        func rest(_ profile: Profile) -> [String] {
            profile.settings.filter { !own.contains($0.key) && !$0.key.hasPrefix("gates") }.map {
                "\($0.key)=\($0.value)"
            }
        }
        #expect(rest(profile) == rest(Profile()))
        #expect(draft.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test func `every key and every option of the backend has its line`() throws {
        let descriptor = try #require(BackendCatalogue.descriptor(for: "mqtt5"))
        let names = ProfileDraft(for: descriptor).text.split(separator: "\n").compactMap { line in
            line.firstMatch(of: #/^[ #]*([A-Za-z0-9]+):/#).map { String($0.1) }
        }
        for path in ProfileKeys.all.map(\.path) + descriptor.options.map(\.key) {
            #expect(names.contains(try #require(path.split(separator: ".").last.map(String.init))), "\(path)")
        }
    }

    @Test func `a section is set by taking its # away`() throws {
        let descriptor = try #require(BackendCatalogue.descriptor(for: "relay"))
        let draft = ProfileDraft(for: descriptor).text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(draft.firstIndex { $0.contains("#churn:") })
        let column = try #require(draft[start].firstIndex(of: "#")).utf16Offset(in: draft[start])
        var lines = draft.map(String.init)
        var at = start
        let margin = String(repeating: " ", count: column)
        while at < lines.count, at == start || lines[at].hasPrefix(margin + "#  ") {
            lines[at].remove(at: lines[at].index(lines[at].startIndex, offsetBy: column))
            if lines[at].contains("stay:") { lines[at] = "  stay: 30s" }
            at += 1
        }
        let profile = try Self.read(lines.joined(separator: "\n"))
        #expect(profile.churn?.stay.text == "30s")
    }

    private static func read(_ text: String) throws -> Profile {
        let file = FileManager.default.temporaryDirectory.appending(path: "draft-\(UUID().uuidString).yaml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try ProfileLoader.read(path: file.path).get()
    }
}
