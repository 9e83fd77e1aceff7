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
