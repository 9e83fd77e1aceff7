/// One mistake in a profile or in a flag that overrides it.
package struct Diagnostic: Error, Codable, Equatable, Sendable, CustomStringConvertible {
    /// The file as given, or the flag as typed (`--set agents=0`).
    package var file: String
    /// From 1; 0 for a flag.
    package var line: Int
    /// From 1, in Unicode scalars; 0 for a flag.
    package var column: Int
    /// One sentence without its full stop.
    package var message: String
    /// What was probably meant, as it should be typed.
    package var suggestion: String?

    package init(file: String, line: Int, column: Int, message: String, suggestion: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.suggestion = suggestion
    }

    /// Whether the mistake is in a flag, not in a file.
    package var isInFlag: Bool { self.line == 0 }

    /// The line that `validate` prints: `file:line:column: error: message (did you mean suggestion?)`.
    package var description: String {
        let place = self.isInFlag ? self.file : "\(self.file):\(self.line):\(self.column)"
        let hint = self.suggestion.map { " (did you mean \($0)?)" } ?? ""
        return "\(place): error: \(self.message)\(hint)"
    }
}

/// All mistakes of a profile and its overrides.
package struct ProfileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// By line and column, those of flags last; never empty.
    package var diagnostics: [Diagnostic]

    package init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

    /// Whether no mistake is in a file: then it is the command line that is wrong.
    package var isOnlyInFlags: Bool { self.diagnostics.allSatisfy(\.isInFlag) }

    /// One line for each mistake.
    package var description: String { self.diagnostics.map(\.description).joined(separator: "\n") }
}
