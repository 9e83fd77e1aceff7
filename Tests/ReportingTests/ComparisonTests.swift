import Foundation
import Measure
import Reporting
import Testing

@Suite struct `a comparison` {
    private static func pair() throws -> [ReportDocument] {
        [try MadeUpRun().document(), try MadeUpRun(backend: "relay-routed", isRouted: true).document()]
    }

    @Test func `refuses runs of different plans and says which`() throws {
        let documents = [try MadeUpRun().document(), try MadeUpRun(backend: "mqtt", digest: "00").document()]
        let error = #expect(throws: ReportError.self) { try Comparison(documents) }
        #expect(error?.code == .plansDiffer)
        #expect(error?.message.contains("mqtt") == true)
        #expect(throws: ReportError(code: .nothingToCompare, message: "")) { try Comparison([documents[0]]) }
    }

    @Test func `divides by the first and marks the best`() throws {
        let comparison = try Comparison(Self.pair())
        let row = try #require(comparison.rows.first { $0.metric == "deliveries.overheard" })
        #expect(row.values == [78_450, 0] && row.ratios == [1, 0] && row.best == [1])
        let even = try #require(comparison.rows.first { $0.metric == "negotiation.completion" })
        #expect(even.best.isEmpty)
        let neutral = try #require(comparison.rows.first { $0.metric == "deliveries.total" })
        #expect(neutral.best.isEmpty && neutral.better == "neither")
    }

    @Test func `never calls an invalid run the best`() throws {
        let invalid = try MadeUpRun(
            verdict: .invalid, backend: "relay-routed", isRouted: true, isFit: false
        ).document()
        let comparison = try Comparison([Self.pair()[0], invalid])
        #expect(comparison.rows.flatMap(\.best) == [])
        #expect(comparison.verdict == .invalid && comparison.exitCode == 2)
    }

    private static let exitCodes: [(codes: [Int32], expected: Int32)] = [
        ([0, 0], 0), ([0, 1], 1), ([1, 2], 2), ([2, 69], 69), ([69, 70], 70), ([0, 130, 70], 130),
    ]

    @Test(arguments: exitCodes)
    func `ends with the first of the exit codes that matters`(codes: [Int32], expected: Int32) throws {
        let documents = try codes.map { code in
            var document = try MadeUpRun().document()
            document.result.exitCode = code
            return document
        }
        #expect(try Comparison(documents).exitCode == expected)
    }

    @Test func `keeps what was not measured apart from 0`() throws {
        let comparison = try Comparison([MadeUpRun().document(), MadeUpRun(hasChatter: false).document()])
        let row = try #require(comparison.rows.first { $0.metric == "fanout.latency.p99" })
        #expect(row.values[1] == nil && row.ratios[1] == nil)
        #expect(ComparisonMarkdown(comparison).render().contains("| not measured |"))
    }

    @Test func `is written as JSON, Markdown and a page that links only inside`() async throws {
        let documents = try Self.pair()
        try await TemporaryFolder.with { folder in
            let reports = ["relay/report.html", "javascript:alert(1)"]
            let written = try ComparisonWriter.write(Comparison(documents, reports: reports), to: folder)
            #expect(written.map(\.lastPathComponent) == ["comparison.json", "comparison.md", "comparison.html"])
            let page = try String(contentsOf: written[2], encoding: .utf8)
            #expect(page.contains("href=\"relay/report.html\"") && !page.contains("href=\"javascript"))
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: written[0])) as? [String: Any])
            #expect(
                json.keys.sorted() == ["backends", "exitCode", "plan", "rows", "schemaVersion", "tool", "verdict"])
        }
    }
}
