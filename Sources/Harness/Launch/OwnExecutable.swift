import Foundation

/// This very program on disk.
package enum OwnExecutable {
    /// The absolute path of the running binary, after symbolic links.
    ///
    /// - Throws: `HarnessError` (internal error) when `/proc` is not mounted.
    package static func path() throws(HarnessError) -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            throw HarnessError(.internalError, "cannot read /proc/self/exe", cure: "mount /proc", cause: error)
        }
    }
}
