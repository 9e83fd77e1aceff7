import Foundation
import Measure
package import Reporting

/// How a request ended: one report for each backend, and their comparison.
package struct RunOutcome: Sendable {
    /// One backend's report.
    package struct Report: Sendable {
        package var document: ReportDocument
        /// The folder with its files.
        package var folder: String
        /// Why the run never came to its load, when it did not.
        package var error: HarnessError?

        package init(document: ReportDocument, folder: String, error: HarnessError?) {
            self.document = document
            self.folder = folder
            self.error = error
        }

        /// How this run alone would end the process.
        package var status: CommandStatus {
            self.error?.exitStatus ?? CommandStatus(rawValue: self.document.result.exitCode) ?? .internalError
        }
    }

    package var reports: [Report]
    /// The side-by-side comparison, when there were several backends.
    package var comparison: ComparisonFiles.Written?

    package init(reports: [Report], comparison: ComparisonFiles.Written?) {
        self.reports = reports
        self.comparison = comparison
    }

    /// The status to exit with.
    package var status: CommandStatus {
        CommandStatus.combined(self.reports.map(\.status))
    }

    /// What standard output says at the end: for each run the verdict, the four numbers, the report's path.
    package var text: String {
        var blocks = self.reports.map { report in
            RunSummary(document: report.document, folder: report.folder, error: report.error).text
        }
        if let comparison { blocks += [comparison.markdown, "comparison: \(comparison.folder)"] }
        return blocks.joined(separator: "\n\n")
    }

    /// What standard output gets with `--format json`: the result, or the comparison of several.
    ///
    /// - Throws: what encoding throws.
    package func json() throws -> String {
        if let comparison { return comparison.json }
        guard let report = self.reports.first else { return "{}" }
        return String(decoding: try report.document.json(), as: UTF8.self)
            .trimmingCharacters(in: .newlines)
    }
}
