import Measure
import Testing

@testable import Reporting

/// How the contract stands in JUnit XML and in words.
struct JUnitContractTests {
    @Test func `a broken case is a failure, one that was expected to break is skipped`() throws {
        var document = try MadeUpRun().document()
        document.result.contract = [
            ContractCase("DLV-01", verdict: .broken, expected: false, count: 3),
            ContractCase("ORD-01", verdict: .brokenAsExpected, expected: true, count: 2),
            ContractCase("PAY-01", verdict: .holds, expected: false, count: 0),
            ContractCase("NEG-02", verdict: .notJudged, expected: false, count: 0),
            ContractCase("DLV-03", verdict: .unexpectedlyHolds, expected: true, count: 0),
        ]
        let xml = JUnitReport(document).render()
        let start = try #require(xml.firstRange(of: "<testsuite name=\"signalbench.contract\""))
        let suite = xml[start.lowerBound...]
        #expect(
            suite.hasPrefix(
                "<testsuite name=\"signalbench.contract\" tests=\"5\" failures=\"1\" errors=\"0\" skipped=\"3\""))
        #expect(suite.contains("DLV-01, everything that was owed arrives: 3 deliveries lost"))
        let page = try ReportPage.render(document)
        #expect(page.contains("broken as expected") && page.contains("3 deliveries lost"))
        #expect(SummaryMarkdown(document).render().contains("3 deliveries lost"))
    }
}
