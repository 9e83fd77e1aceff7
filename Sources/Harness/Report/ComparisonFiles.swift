import Foundation
import Reporting

/// The side-by-side comparison of several backends' runs of one plan.
package enum ComparisonFiles {
    /// A comparison on disk.
    package struct Written: Sendable {
        /// The folder with `comparison.html`, `.md` and `.json`.
        package var folder: String
        /// The content of `comparison.json`.
        package var json: String
        /// The table as Markdown, which people can read in a terminal, too.
        package var markdown: String
    }

    /// Writes it.
    ///
    /// - Parameters:
    ///   - reports: the runs, the one that ratios refer to first.
    ///   - folder: where to.
    ///   - writesHTML: whether `comparison.html` is written.
    /// - Returns: where it is, and its content.
    /// - Throws: `HarnessError` (unwritable output, not comparable).
    static func write(_ reports: [RunOutcome.Report], to folder: ReportFolder, writesHTML: Bool) throws -> Written {
        try ReportFiles.translating {
            let comparison = try Comparison(
                reports.map(\.document),
                reports: reports.map { report in
                    let name = URL(filePath: report.folder).lastPathComponent
                    return "\(name)/" + (writesHTML ? "report.html" : "report.json")
                })
            _ = try ComparisonWriter.write(
                comparison, to: URL(filePath: folder.path), options: ReportOptions(html: writesHTML))
            return Written(
                folder: folder.path,
                json: String(decoding: try comparison.json(), as: UTF8.self).trimmingCharacters(in: .newlines),
                markdown: ComparisonMarkdown(comparison).render())
        }
    }
}
