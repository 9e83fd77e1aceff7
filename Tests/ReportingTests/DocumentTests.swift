import Foundation
import Measure
import Reporting
import Testing

@Suite struct `report.json` {
    @Test func `has exactly the top-level keys of the interface`() throws {
        let json = try MadeUpRun().document().json()
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect(
            object.keys.sorted() == [
                "backend", "complete", "environment", "exitCode", "finishedAt", "gates", "histograms", "metrics",
                "negotiations", "plan", "prediction", "profile", "schemaVersion", "series", "startedAt", "tool",
                "validity", "verdict",
            ])
    }

    @Test(arguments: [MadeUpRun(), MadeUpRun(verdict: .fail, hasChatter: false, failures: ["glare": 7])])
    func `reads back as it was written`(run: MadeUpRun) throws {
        let document = try run.document()
        let back = try ReportDocument(json: document.json())
        #expect(back.result == document.result)
        #expect(back.profile == document.profile)
        #expect(try back.json() == document.json())
    }

    @Test func `is the same bytes for the same run`() throws {
        #expect(try MadeUpRun().document().json() == MadeUpRun().document().json())
    }

    @Test(arguments: [
        ("{", "not JSON, or cut short"), ("[]", "is no"), ("{}", "is missing"),
        (#"{"schemaVersion":"one"}"#, "schemaVersion is no Int"),
    ])
    func `that is none is refused with the place of the mistake`(text: String, words: String) throws {
        let error = #expect(throws: ReportError.self) {
            try ReportDocument(json: Data(text.utf8), file: "some.json")
        }
        #expect(error?.code == .badResult)
        #expect(error?.message.hasPrefix("some.json") == true)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func `of a newer version is refused`() throws {
        var document = try MadeUpRun().document()
        document.result.schemaVersion += 1
        let json = try document.json()
        let error = #expect(throws: ReportError.self) { try ReportDocument(json: json) }
        #expect(error?.message.contains("newer than this program knows") == true)
    }

    @Test(arguments: [
        ("fanout.latency.p99", "not measured (the profile has no chatter)"),
        ("negotiation.time.p999", "not measured (p999 needs 2,995 samples, there were 1400)"),
        ("session.login.p50", "not measured (no samples)"),
        ("deliveries.lost", "0"),
        ("negotiation.time.p50", "412 ms"),
    ])
    func `says why a metric is missing and never 0`(path: String, text: String) throws {
        #expect(try MadeUpRun(hasChatter: false).document().text(path) == text)
    }

    @Test func `marks a quantile among undelivered messages as a lower bound`() throws {
        var document = try MadeUpRun().document()
        document.result.metrics["fanout.latency.p99"] = 5000
        document.result.metrics["fanout.latency.p99.censored"] = 12
        #expect(document.text("fanout.latency.p99") == "≥ 5 s")
    }
}
