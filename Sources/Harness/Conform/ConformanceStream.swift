import Backends
import Conformance
import Foundation
import Measure
import Synchronization

/// `conformance.jsonl`: a header, a line for each case as it is decided, and a footer, for each backend.
///
/// A file without its last footer is a run that was killed.
final class ConformanceStream: Sendable {
    private let file: Mutex<FileHandle>

    private struct Header: Encodable {
        var type = "header"
        var schema = 1
        var catalogue: String
        var catalogueSha: String
        var backend: String
        var url: String
        var capabilities: [String: String]
        var profile: String
        var seed: UInt64
        var started: String
        var host: [String: Int]
    }

    private struct Line: Encodable {
        var type = "case"
        var backend: String
        var result: CaseResult

        func encode(to encoder: any Encoder) throws {
            try self.result.encode(to: encoder)
            var box = encoder.container(keyedBy: Key.self)
            try box.encode(self.type, forKey: .type)
            try box.encode(self.backend, forKey: .backend)
        }

        private enum Key: String, CodingKey { case type, backend }
    }

    private struct Footer: Encodable {
        var type = "footer"
        var backend: String
        var catalogueSha: String
        var counts: [String: Int]
        var xpass: [String]
        var setupFailure: String?
        var complete: Bool
    }

    /// - Throws: `HarnessError` (unwritable output).
    init(folder: String) throws(HarnessError) {
        let path = folder + "/conformance.jsonl"
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw HarnessError(.unwritableOutput, "cannot write \(path)", cure: "choose another folder with --out")
        }
        self.file = Mutex(handle)
    }

    func header(_ fixture: CaseFixture, _ request: ConformRequest, cores: Int) throws {
        try self.write(
            Header(
                catalogue: Catalogue.current.catalogueVersion, catalogueSha: Catalogue.sha, backend: fixture.name,
                url: "\(fixture.settings.url)", capabilities: fixture.declaration.declared,
                profile: request.profile.rawValue, seed: request.seed, started: Timestamp.text(Date()),
                host: ["cores": cores]))
    }

    func add(_ result: CaseResult, of backend: String) throws { try self.write(Line(backend: backend, result: result)) }

    func footer(_ result: BackendConformance) throws {
        try self.write(
            Footer(
                backend: result.backend, catalogueSha: Catalogue.sha, counts: result.counts,
                xpass: result.unexpectedPasses,
                setupFailure: result.setupFailure.isEmpty ? nil : result.setupFailure, complete: result.isComplete))
    }

    private func write(_ line: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(line)
        data.append(UInt8(ascii: "\n"))
        try self.file.withLock { file in
            do {
                try file.write(contentsOf: data)
            } catch {
                throw HarnessError(
                    .unwritableOutput, "cannot write conformance.jsonl: \(error)",
                    cure: "choose another folder with --out")
            }
        }
    }
}
