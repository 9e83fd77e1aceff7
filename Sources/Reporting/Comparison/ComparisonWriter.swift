package import Foundation

/// Writes the comparison of several runs of one plan.
package enum ComparisonWriter {
    /// Writes `comparison.json`, `comparison.md` and `comparison.html` into a folder, which is made when it is missing.
    ///
    /// - Parameters:
    ///   - comparison: The runs side by side.
    ///   - folder: Where the files go.
    ///   - options: Which files are wanted.
    /// - Returns: The files in the order in which they were written.
    /// - Throws: ``ReportError`` that names the file and the cause, or what encoding throws.
    package static func write(
        _ comparison: Comparison,
        to folder: URL,
        options: ReportOptions = ReportOptions()
    ) throws -> [URL] {
        try ReportWriter.makeFolder(folder)
        var files: [(String, String)] = [
            ("comparison.json", String(decoding: try comparison.json(), as: UTF8.self)),
            ("comparison.md", ComparisonMarkdown(comparison).render()),
        ]
        if options.html { files.append(("comparison.html", try ComparisonPage.render(comparison))) }
        return try files.map { name, text in
            let url = folder.appendingPathComponent(name)
            try AtomicFile.write(text.utf8, to: url)
            return url
        }
    }
}
