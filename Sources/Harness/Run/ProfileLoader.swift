import Backends
import Foundation
import Measure
package import Workload

/// Reads profiles, and holds them to what only the floors above their reader know: backends and gates.
package enum ProfileLoader {
    /// Reads a profile.
    ///
    /// - Parameters:
    ///   - path: an existing file.
    ///   - overrides: flags that win over the file's keys.
    /// - Returns: the profile, or every mistake.
    package static func read(
        path: String, overrides: [ProfileReader.Override] = []
    ) -> Result<Profile, ProfileError> {
        guard let data = FileManager.default.contents(atPath: path) else {
            let unreadable = Diagnostic(file: path, line: 1, column: 1, message: "the file cannot be read")
            return .failure(ProfileError(diagnostics: [unreadable]))
        }
        return self.read(text: String(decoding: data, as: UTF8.self), file: path, overrides: overrides)
    }

    /// The profile of defaults.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - overrides: flags that win over the defaults.
    /// - Returns: the profile, or every mistake in the flags.
    static func defaults(name: String, overrides: [ProfileReader.Override]) -> Result<Profile, ProfileError> {
        self.read(text: "", file: "\(name).yaml", overrides: overrides)
    }

    private static func read(
        text: String, file: String, overrides: [ProfileReader.Override]
    ) -> Result<Profile, ProfileError> {
        do {
            return .success(
                try ProfileReader.read(text: text, file: file, overrides: overrides, checks: self.checks))
        } catch {
            return .failure(error)
        }
    }

    /// One error out of all mistakes: each has a line of its own, and the cure says where to look.
    ///
    /// - Parameter error: every mistake.
    /// - Returns: a mistake in a flag when no file is to blame, else one in a file.
    package static func harnessError(_ error: ProfileError) -> HarnessError {
        error.isOnlyInFlags
            ? HarnessError(
                .badFlag, "\(error)", cure: "see 'signalbench list keys' and 'signalbench list metrics'", cause: error)
            : HarnessError(
                .badProfile, "\(error)", cure: "mend the file; 'signalbench validate' checks it again", cause: error)
    }

    private static var checks: ProfileReader.Checks {
        var checks = ProfileReader.Checks()
        checks.backendIDs = BackendCatalogue.all.map(\.id)
        checks.backendKeys = { id in BackendCatalogue.descriptor(for: id)?.options.map(\.key) }
        checks.backendValue = { id, key, value in
            let problem = BackendCatalogue.descriptor(for: id)?.problems(in: [key: value]).first
            guard let problem else { return nil }
            let options = BackendCatalogue.descriptor(for: id)?.options ?? []
            let values = options.first { $0.key == key }?.values ?? []
            return values.isEmpty ? "is not possible: \(problem)" : "is not \(values.joined(separator: " or "))"
        }
        checks.gate = { text in
            do throws(GateError) {
                _ = try Gate.parse(text)
                return nil
            } catch {
                return error.message + (error.suggestion.map { " (did you mean '\($0)'?)" } ?? "")
            }
        }
        return checks
    }
}
