package import Foundation
internal import Measure
import Signaling

/// Writes a run's report: every file whole or not at all.
package enum ReportWriter {
    /// Writes all files of a report into a folder, which is made when it is missing.
    ///
    /// The files are `report.json`, `summary.md`, `junit.xml`, `samples.hlog`, `samples.hgrm` and in the folder `hgrm` one
    /// for each distribution, and `report.html`. `report.json` is written first, so that the numbers survive whatever goes wrong later;
    /// when a file cannot be written, the others still are, as far as they fit.
    ///
    /// - Parameters:
    ///   - document: The run.
    ///   - folder: Where the files go; files of an earlier run with the same names are replaced.
    ///   - options: Which files are wanted.
    /// - Returns: The files in the order in which they were written.
    /// - Throws: ``ReportError`` that names the first file that failed, the cause and what was written, or what encoding throws.
    package static func write(
        _ document: ReportDocument,
        to folder: URL,
        options: ReportOptions = ReportOptions()
    ) throws -> [URL] {
        try Self.makeFolder(folder)
        var written: [URL] = []
        var failure: ReportError?
        func put(_ name: String, _ bytes: some Collection<UInt8>) {
            let url = folder.appendingPathComponent(name)
            do throws(ReportError) {
                try AtomicFile.write(bytes, to: url)
                written.append(url)
            } catch {
                failure = failure ?? error
            }
        }
        put("report.json", try document.json())
        put("summary.md", SummaryMarkdown(document).render().utf8)
        put("junit.xml", JUnitReport(document).render().utf8)
        let distributions = HistogramFiles.all(of: document)
        if distributions.contains(where: { $0.name.hasPrefix("hgrm/") }) {
            do throws(ReportError) {
                try Self.makeFolder(folder.appendingPathComponent("hgrm"))
            } catch {
                failure = failure ?? error
            }
        }
        for file in distributions { put(file.name, file.text.utf8) }
        if options.html { put("report.html", try ReportPage.render(document).utf8) }
        if let failure {
            let names = written.map(\.lastPathComponent).filter { !$0.hasSuffix(".hgrm") }
            throw ReportError(
                code: failure.code,
                message: failure.message + "; written: " + (names.isEmpty ? "nothing" : names.joined(separator: ", ")))
        }
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

/// What of a report is written.
package struct ReportOptions: Sendable {
    /// Whether `report.html` is written.
    package var html: Bool

    /// The choice of files.
    ///
    /// - Parameter html: Whether `report.html` is written.
    package init(html: Bool = true) {
        self.html = html
    }
}

/// Why a report could not be written or read.
package struct ReportError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: String, Sendable {
        /// The file system has no room left.
        case diskFull
        /// The folder or file may not be written or read.
        case permission
        /// The folder or a part of its path does not exist, or is no folder.
        case notFound
        /// Any other failure of the file system.
        case inputOutput
        /// The file is not a result of this version.
        case badResult
        /// The runs do not rest on the same plan.
        case plansDiffer
        /// Nothing was handed over to be compared.
        case nothingToCompare
    }

    /// The kind of failure.
    package let code: Code
    /// One sentence for the user: the file, the cause and, where there is one, the cure.
    package let message: String

    /// A failure.
    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { self.message }
}

extension ReportError: Equatable {
    /// Failures are equal when their codes are; the message is for people.
    package static func == (left: ReportError, right: ReportError) -> Bool {
        left.code == right.code
    }
}

/// Files that appear under their name whole or not at all.
package enum AtomicFile {
    /// Writes a file under a temporary name in the same folder, hands it to the disk and renames it.
    ///
    /// A reader never sees half a file. When anything fails, the temporary file is removed and an older file of that name
    /// stays as it was.
    ///
    /// - Parameters:
    ///   - bytes: The whole content.
    ///   - url: Where the file goes; its folder must exist.
    /// - Throws: ``ReportError`` that names the file and the cause, a full disk and a missing permission as such.
    package static func write(_ bytes: some Collection<UInt8>, to url: URL) throws(ReportError) {
        let path = url.path
        let temporary = url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(getpid()).\(UInt32.random(in: .min ... .max)).part")
            .path
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.error(errno, path) }
        do throws(ReportError) {
            try Self.writeAll(Self.withoutSecrets(Array(bytes)), to: file, path)
            if fsync(file) != 0, errno != EINVAL, errno != EROFS { throw Self.error(errno, path) }
        } catch {
            close(file)
            unlink(temporary)
            throw error
        }
        if close(file) != 0 || rename(temporary, path) != 0 {
            let code = errno
            unlink(temporary)
            throw Self.error(code, path)
        }
        Self.syncFolder(of: url)
    }

    /// What this process has been told in confidence does not get into a file, wherever a server's words may have put it; a
    /// secret of fewer than six characters could be a word of ours, and is kept out where it would come from.
    private static func withoutSecrets(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.utf8.count == bytes.count else { return bytes }
        return Array(Secrets.masked(text, shortest: 6).utf8)
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32, _ path: String) throws(ReportError) {
        var offset = 0
        while offset < bytes.count {
            let (written, code) = bytes.withUnsafeBytes { buffer in
                let count = Foundation.write(file, buffer.baseAddress?.advanced(by: offset), bytes.count - offset)
                return (count, errno)
            }
            if written < 0 {
                if code == EINTR { continue }
                throw Self.error(code, path)
            }
            offset += written
        }
    }

    /// Makes the new name itself durable; a file system that cannot do so is no reason to fail.
    private static func syncFolder(of url: URL) {
        let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// The failure behind an error number, in words.
    ///
    /// - Parameters:
    ///   - number: An `errno`.
    ///   - path: The file that was to be written.
    /// - Returns: The failure.
    package static func error(_ number: Int32, _ path: String) -> ReportError {
        switch number {
        case ENOSPC, EDQUOT, EFBIG:
            ReportError(code: .diskFull, message: "cannot write \(path): the disk or the quota is full")
        case EACCES, EPERM, EROFS:
            ReportError(
                code: .permission,
                message: "cannot write \(path): no permission; choose another folder with --out"
            )
        case ENOENT, ENOTDIR:
            ReportError(code: .notFound, message: "cannot write \(path): the folder does not exist")
        default:
            ReportError(code: .inputOutput, message: "cannot write \(path): \(String(cString: strerror(number)))")
        }
    }
}
