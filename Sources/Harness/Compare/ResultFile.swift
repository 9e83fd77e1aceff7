import Foundation
package import Reporting

/// Reads results that earlier runs wrote.
package enum ResultFile {
    /// Reads a `report.json`.
    ///
    /// - Parameter path: the file.
    /// - Returns: the run.
    /// - Throws: `HarnessError` (unreadable file, bad result).
    package static func read(_ path: String) throws(HarnessError) -> ReportDocument {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw HarnessError(
                .unreadableFile, "cannot read '\(path)'", cure: "give the path of a report.json", cause: error)
        }
        do {
            return try ReportDocument(json: data, file: path)
        } catch {
            throw HarnessError(
                .badResult, error.message, cure: "give a report.json that this version of signalbench wrote",
                cause: error)
        }
    }
}
