import Glibc

/// A file of `/proc` that is opened once and read again and again.
///
/// Keeping the descriptor lets a sampler go on when the process has no descriptor left to open anything with, which
/// is exactly when its figures matter.
package final class ProcFile: Sendable {
    private let descriptor: Int32

    /// Opens a file; `nil` when that is not possible.
    ///
    /// - Parameter path: a file under `/proc` or `/sys`.
    package init?(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit {
        close(self.descriptor)
    }

    /// The present text of the file.
    ///
    /// - Returns: `nil` when it cannot be read any more (the process is gone).
    package func text() -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in
                pread(self.descriptor, buffer.baseAddress, buffer.count, off_t(bytes.count))
            }
            guard count >= 0 else { return nil }
            bytes.append(contentsOf: chunk[0..<count])
            if count == 0 || count < chunk.count { return String(decoding: bytes, as: UTF8.self) }
        }
    }

    /// The text of a file that is read once.
    package static func text(of path: String) -> String? {
        ProcFile(path)?.text()
    }
}
