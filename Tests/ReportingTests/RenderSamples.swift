import Foundation
import Measure
import Reporting
import Testing

@Suite struct `sample pages for the eye` {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SIGNALBENCH_SAMPLES"] != nil))
    func `are written into the folder that the environment names`() throws {
        let root = URL(fileURLWithPath: ProcessInfo.processInfo.environment["SIGNALBENCH_SAMPLES"] ?? "/tmp/samples")
        let broadcast = try MadeUpRun().document()
        _ = try ReportWriter.write(broadcast, to: root.appendingPathComponent("pass"))
        let failed = MadeUpRun(verdict: .fail, failures: ["glare": 212, "candidateLost": 9])
        _ = try ReportWriter.write(try failed.document(), to: root.appendingPathComponent("fail"))
        let invalid = MadeUpRun(seconds: 43_200, verdict: .invalid, hasChatter: false, isFit: false)
        _ = try ReportWriter.write(try invalid.document(), to: root.appendingPathComponent("invalid"))
        _ = try ReportWriter.write(try MadeUpRun.unstarted(), to: root.appendingPathComponent("unstarted"))
        let routed = try MadeUpRun(backend: "relay-routed", isRouted: true).document()
        let comparison = try Comparison([broadcast, routed], reports: ["pass/report.html", "routed/report.html"])
        _ = try ComparisonWriter.write(comparison, to: root)
    }
}
