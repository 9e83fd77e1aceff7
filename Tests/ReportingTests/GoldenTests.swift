import Foundation
import Measure
import Reporting
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct `summary.md and junit.xml` {
    static let runs: [(name: String, run: MadeUpRun)] = [
        ("pass", MadeUpRun()), ("fail", MadeUpRun(verdict: .fail, failures: ["glare": 212, "candidateLost": 9])),
        ("invalid", MadeUpRun(verdict: .invalid, hasChatter: false, isFit: false)),
        ("interrupted", MadeUpRun(seconds: 5, verdict: .interrupted)),
        ("hostile", MadeUpRun(name: "a | b <b>`x`</b>\n@all #1", room: "r")),
    ]

    @Test(arguments: runs.map(\.name))
    func `are what was agreed on`(name: String) throws {
        let document = try #require(Self.runs.first { $0.name == name }).run.document()
        try GoldenFile.expect(SummaryMarkdown(document).render(), equals: "\(name).summary.md")
        try GoldenFile.expect(JUnitReport(document).render(), equals: "\(name).junit.xml")
    }

    @Test(arguments: runs.map(\.name))
    func `count their test cases as JUnit readers expect`(name: String) throws {
        let document = try #require(Self.runs.first { $0.name == name }).run.document()
        let reader = JUnitReader()
        let parser = XMLParser(data: Data(JUnitReport(document).render().utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(reader.unknown.isEmpty)
        for suite in reader.suites {
            #expect(suite.declared == suite.seen, "\(suite.name)")
        }
        let sums = reader.suites.reduce(into: ["tests": 0, "failures": 0, "errors": 0]) { sums, suite in
            for key in sums.keys { sums[key, default: 0] += suite.seen[key] ?? 0 }
        }
        #expect(reader.total == sums)
    }

    @Test func `tell fail from invalid`() throws {
        let failed = JUnitReport(try MadeUpRun(verdict: .fail, failures: ["glare": 212]).document()).render()
        #expect(failed.contains("<failure") && !failed.contains("<error"))
        let invalid = JUnitReport(
            try MadeUpRun(verdict: .invalid, hasChatter: false, isFit: false).document()
        ).render()
        #expect(invalid.contains("<error") && !invalid.contains("<failure"))
    }

    @Test func `report a ledger that does not balance as a failure`() throws {
        var document = try MadeUpRun().document()
        document.result.metrics["deliveries.overheard", default: 0] -= 3
        let xml = JUnitReport(document).render()
        #expect(xml.contains("<failure") && xml.contains("off by 3"))
        document.result.metrics["deliveries.overheard"] = nil
        #expect(JUnitReport(document).render().contains("<skipped"))
    }
}
