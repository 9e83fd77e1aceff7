package import Foundation

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
            try Self.writeAll(Array(bytes), to: file, path)
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
