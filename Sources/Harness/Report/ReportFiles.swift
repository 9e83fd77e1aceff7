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
