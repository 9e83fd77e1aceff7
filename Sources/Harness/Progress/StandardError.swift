import Foundation

/// Standard error: progress, warnings, mistakes.
package enum StandardError {
    /// Writes text as it stands; that nobody reads it any more is no reason to fail.
    package static let write: @Sendable (String) -> Void = { text in
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
