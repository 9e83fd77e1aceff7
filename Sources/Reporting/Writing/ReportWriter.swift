package import Foundation
internal import Measure

/// Writes a run's report: every file whole or not at all.
package enum ReportWriter {
    /// Writes all files of a report into a folder, which is made when it is missing.
    ///
    /// The files are `report.json`, `summary.md`, `junit.xml`, `samples.hlog`, `samples.hgrm` and in the folder `hgrm` one
    /// for each distribution, and `report.html`. `report.json` is written first, so that the numbers survive whatever goes wrong later.
    ///
    /// - Parameters:
    ///   - document: The run.
    ///   - folder: Where the files go; files of an earlier run with the same names are replaced.
    ///   - options: Which files are wanted.
    /// - Returns: The files in the order in which they were written.
    /// - Throws: ``ReportError`` that names the file and the cause, or what encoding throws.
    package static func write(
        _ document: ReportDocument,
        to folder: URL,
        options: ReportOptions = ReportOptions()
    ) throws -> [URL] {
        try Self.makeFolder(folder)
        var written: [URL] = []
        func put(_ name: String, _ bytes: some Collection<UInt8>) throws {
            let url = folder.appendingPathComponent(name)
            try AtomicFile.write(bytes, to: url)
            written.append(url)
        }
        try put("report.json", try document.json())
        try put("summary.md", SummaryMarkdown(document).render().utf8)
        try put("junit.xml", JUnitReport(document).render().utf8)
        let distributions = HistogramFiles.all(of: document)
        if distributions.contains(where: { $0.name.hasPrefix("hgrm/") }) {
            try Self.makeFolder(folder.appendingPathComponent("hgrm"))
        }
        for file in distributions { try put(file.name, file.text.utf8) }
        if options.html { try put("report.html", try ReportPage.render(document).utf8) }
        return written
    }

    /// Makes a folder with all its parents.
    ///
    /// - Parameter folder: The folder.
    /// - Throws: ``ReportError`` with code `permission`, `diskFull` or `notFound`.
    package static func makeFolder(_ folder: URL) throws(ReportError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch let error as CocoaError {
            let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
            let number: Int32 =
                switch error.code {
                case .fileWriteNoPermission, .fileWriteVolumeReadOnly: EACCES
                case .fileWriteOutOfSpace: ENOSPC
                case .fileWriteFileExists: ENOTDIR
                default: underlying.map { Int32(truncatingIfNeeded: $0.code) } ?? ENOENT
                }
            throw AtomicFile.error(number, folder.path)
        } catch {
            throw AtomicFile.error(ENOENT, folder.path)
        }
    }
}
