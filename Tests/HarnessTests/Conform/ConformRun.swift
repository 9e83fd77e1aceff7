import Foundation
import Measure
import Testing

/// A `signalbench conform` as a user runs it, and what it wrote.
struct ConformRun {
    let ending: SignalbenchProcess.Ending
    let result: ConformanceResult
    /// The lines of `conformance.jsonl`.
    let lines: [[String: Any]]
    let junit: String
    let html: String

    /// Runs it with a folder of its own.
    init(_ arguments: [String], within: Duration = .seconds(300)) async throws {
        let folder = try TemporaryFolder()
        let process = try SignalbenchProcess(["conform"] + arguments + ["--quiet", "--out", folder.path + "/out"])
        self.ending = try await process.end(within: within)
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: folder.path + "/out/" + name, encoding: .utf8)
        }
        let json = try text("conformance.json")
        self.result = try JSONDecoder().decode(ConformanceResult.self, from: Data(json.utf8))
        self.lines = try text("conformance.jsonl").split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        self.junit = try text("junit.xml")
        self.html = try text("conformance.html")
    }

    /// Cases of a backend in one of some verdicts, with what they say.
    func cases(_ backend: Int, in verdicts: Set<CaseVerdict>) -> [String: String] {
        self.result.backends[backend].cases.reduce(into: [:]) { found, one in
            if verdicts.contains(one.verdict) { found[one.id] = one.actual }
        }
    }

    /// What ought not to be seen at a backend that conforms.
    static let troubles: Set<CaseVerdict> = [.fail, .blocked, .inconclusive, .setupFail, .harnessError]

    /// Holds the files to one another.
    func checkFiles(backends: Int) throws {
        let headers = self.lines.filter { $0["type"] as? String == "header" }
        let footers = self.lines.filter { $0["type"] as? String == "footer" }
        let cases = self.lines.filter { $0["type"] as? String == "case" }
        #expect(headers.count == backends && footers.count == backends && cases.count == 90 * backends)
        for (footer, backend) in zip(footers, self.result.backends) {
            #expect(footer["complete"] as? Bool == true)
            #expect(footer["catalogueSha"] as? String == self.result.catalogueSha)
            #expect(footer["counts"] as? [String: Int] == backend.counts)
        }
        #expect(self.junit.contains("tests=\"\(90 * backends)\""))
        for title in self.result.titles { #expect(self.html.contains(">\(title.id)<")) }
    }
}
