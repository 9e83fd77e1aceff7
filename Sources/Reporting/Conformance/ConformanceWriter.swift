package import Foundation
package import Measure

/// Writes the files of a conformance run; the stream is written while it runs, and not by this.
package enum ConformanceWriter {
    /// Writes `conformance.json`, `junit.xml` and `conformance.html`.
    ///
    /// - Parameters:
    ///   - result: the run.
    ///   - tool: name and version of the program.
    ///   - folder: where to, which exists.
    ///   - html: whether the page is written.
    /// - Throws: ``ReportError``, or what encoding throws.
    package static func write(_ result: ConformanceResult, tool: String, to folder: URL, html: Bool) throws {
        try AtomicFile.write(
            try ReportCoding.encoder(isPretty: true).encode(result), to: folder.appending(path: "conformance.json"))
        try AtomicFile.write(ConformanceJUnit.render(result).utf8, to: folder.appending(path: "junit.xml"))
        if html {
            try AtomicFile.write(
                try ConformancePage.render(result, tool: tool).utf8, to: folder.appending(path: "conformance.html"))
        }
    }
}
