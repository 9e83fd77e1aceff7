import Foundation
import Measure
import Testing

@testable import Reporting

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Why things failed, in every report.
struct CauseTests {
    @Test func `the page and JUnit say why things failed`() throws {
        var document = try MadeUpRun().document()
        var full = Cause(side: .backend, where: .http, code: "503", text: "room <full>", at: 1.5, agent: 7, count: 3)
        full.last = 4
        document.result.causes = [full, Cause(side: .network, where: .dns, text: "no address", at: 2)]

        let page = try ReportPage.render(document)
        #expect(page.contains("<th scope=\"row\">room &lt;full&gt;</th><td class=\"n\" data-label=\"Count\">3</td>"))
        #expect(page.contains("http 503") && page.contains("1.5 s to 4.0 s") && page.contains("no address"))

        let xml = JUnitReport(document).render()
        #expect(
            xml.contains(
                "<system-out>3 × http 503: room &lt;full&gt; (1.5 to 4.0 s, agent 7)\n"
                    + "1 × dns: no address (at 2.0 s)</system-out>"))
        let reader = JUnitReader()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = reader
        #expect(parser.parse() && reader.unknown.isEmpty, "\(reader.unknown)")
    }

    @Test func `a run in which nothing failed has no place for causes`() throws {
        let document = try MadeUpRun().document()
        #expect(try !ReportPage.render(document).contains("id=\"causes\""))
        #expect(!JUnitReport(document).render().contains("system-out"))
    }
}
