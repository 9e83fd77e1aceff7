import Foundation
import Reporting

/// The files of one run's report.
struct ReportFiles: Sendable {
    let folder: ReportFolder
    let writesHTML: Bool

    /// Writes `report.json` alone, for the case that nothing more can be written later.
    ///
    /// - Parameter document: what is known so far.
    /// - Throws: `HarnessError` (unwritable output).
    func writePartial(_ document: ReportDocument) throws {
        try Self.translating {
            try AtomicFile.write(document.json(), to: URL(filePath: self.folder.path).appending(path: "report.json"))
        }
    }

    /// Writes every file.
    ///
    /// - Parameter document: the whole run.
    /// - Returns: the paths in the order of writing.
    /// - Throws: `HarnessError` (unwritable output).
    @discardableResult
    func write(_ document: ReportDocument) throws -> [String] {
        try Self.translating {
            try ReportWriter.write(
                document, to: URL(filePath: self.folder.path), options: ReportOptions(html: self.writesHTML)
            ).map(\.path)
        }
    }

    /// Runs `body`, its report errors turned into ours.
    static func translating<Outcome>(_ body: () throws -> Outcome) throws -> Outcome {
        do {
            return try body()
        } catch let error as ReportError {
            switch error.code {
            case .diskFull, .permission, .notFound, .inputOutput:
                throw HarnessError(
                    .unwritableOutput, error.message, cure: "choose another folder with --out", cause: error)
            case .badResult:
                throw HarnessError(.badResult, error.message, cure: "give a report.json of this version", cause: error)
            case .plansDiffer, .nothingToCompare:
                throw HarnessError(.notComparable, error.message, cure: "compare runs of one plan", cause: error)
            }
        }
    }
}

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

/// Renders a result again.
package enum ReportRenderer {
    /// Reads a `report.json` and writes every other file of the report anew.
    ///
    /// - Parameters:
    ///   - path: the result.
    ///   - out: the folder to write to; `nil` is the result's own.
    ///   - writesHTML: whether `report.html` is written.
    /// - Returns: the paths of the files.
    /// - Throws: `HarnessError` (unreadable file, bad result, unwritable output).
    package static func render(_ path: String, to out: String?, writesHTML: Bool) throws -> [String] {
        let document = try ResultFile.read(path)
        let folder = try ReportFolder(taking: out ?? URL(filePath: path).deletingLastPathComponent().path)
        return try ReportFiles(folder: folder, writesHTML: writesHTML).write(document)
    }

    /// Reads a `report.json` and draws it as one picture.
    ///
    /// - Parameters:
    ///   - path: the result.
    ///   - file: the SVG to write.
    /// - Throws: `HarnessError` (unreadable file, bad result, unwritable output).
    package static func draw(_ path: String, to file: String) throws {
        let document = try ResultFile.read(path)
        try ReportFiles.translating { try AtomicFile.write(RunPicture.svg(document).utf8, to: URL(filePath: file)) }
    }
}
