import Foundation
import Reporting

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
}
