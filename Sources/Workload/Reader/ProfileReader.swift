import Foundation
import Signaling

/// Makes a profile out of YAML and flags, or says everything that is wrong with them.
package struct ProfileReader {
    /// One `--set path.to.key=value`, or another flag that stands for a key.
    package struct Override: Equatable, Sendable {
        /// The key: `signaling.candidates.offerer`; `gates[]` appends to a list.
        package var path: String
        /// The value as YAML, so that `{offerer: 8, answerer: 3}` sets a whole section.
        package var value: String
        /// The flag as typed, for diagnostics.
        package var source: String
        /// Whether the value is taken letter by letter instead.
        package var isLiteral: Bool

        package init(path: String, value: String, source: String, isLiteral: Bool = false) {
            self.path = path
            self.value = value
            self.source = source
            self.isLiteral = isLiteral
        }

        /// Reads the argument of `--set`.
        ///
        /// - Parameter argument: `path.to.key=value`.
        /// - Returns: nil without an equals sign.
        package static func set(_ argument: String) -> Override? {
            guard let equals = argument.firstIndex(of: "=") else { return nil }
            let path = String(argument[..<equals])
            // A misspelt name of a secret is not known for one.
            let isSecret = Secrets.isNearName(path.split(separator: ".").last ?? "") && !path.hasPrefix("backend.tls.")
            return Override(
                path: path, value: String(argument[argument.index(after: equals)...]),
                source: "--set \(isSecret ? "\(path)=\(Secrets.mask)" : argument)")
        }
    }

    /// What a profile is held to that only higher floors know.
    package struct Checks: Sendable {
        /// Ids of all backends; empty: any id will do.
        package var backendIDs: [String] = []
        /// The keys of a backend's own, below `backend`; nil: any will do.
        package var backendKeys: @Sendable (_ id: String) -> [String]? = { _ in nil }
        /// What is wrong with the value of a backend's own key, worded to follow the quoted value; nil: nothing.
        package var backendValue: @Sendable (_ id: String, _ key: String, _ value: String) -> String? = { _, _, _ in
            nil
        }
        /// What is wrong with a gate; nil: nothing.
        package var gate: @Sendable (_ text: String) -> String? = { _ in nil }
        /// What is wrong with the id of a conformance case; nil: nothing.
        package var conformanceCase: @Sendable (_ id: String) -> String? = { _ in nil }

        /// The bytes of a recording.
        package var recording: @Sendable (_ path: String) -> [UInt8]? = { path in
            FileManager.default.contents(atPath: path).map { Array($0) }
        }

        package init() {}
    }

    /// Reads a profile.
    ///
    /// - Parameters:
    ///   - text: the YAML; empty text is the profile of defaults.
    ///   - file: the name for diagnostics, and without folder and extension the default of `name`.
    ///   - overrides: flags, applied in order.
    ///   - checks: what higher floors know.
    /// - Returns: the profile.
    /// - Throws: every mistake at once.
    package static func read(
        text: String, file: String, overrides: [Override] = [], checks: Checks = Checks()
    ) throws(ProfileError) -> Profile {
        let document = ProfileDocument(yaml: text, file: file)
        var overridden = ProfileOverrides(root: document.root)
        for override in overrides { overridden.apply(override) }
        var variables = ProfileVariables()
        let root = variables.expanded(overridden.root)
        Secrets.remember(variables.secrets)
        var reader = KeyReader(root: root, checks: checks)
        var profile = reader.profile()
        if profile.name.isEmpty { profile.name = self.name(of: file) }
        let diagnostics =
            document.diagnostics + overridden.diagnostics + variables.diagnostics + reader.diagnostics
        guard diagnostics.isEmpty else { throw ProfileError(diagnostics: self.sorted(diagnostics)) }
        return profile
    }

    /// The text of a flag that is no key of a profile, with the variables of the environment in it replaced.
    ///
    /// - Parameters:
    ///   - text: with `${NAME}`, as in a profile.
    ///   - source: the flag as typed, for diagnostics.
    /// - Returns: the text to use; what is secret in it is remembered as such.
    /// - Throws: what is wrong with the variables.
    package static func expanded(_ text: String, in source: String) throws(ProfileError) -> String {
        var variables = ProfileVariables()
        let node = variables.expanded(ProfileNode(content: .scalar(text), place: .flag(source)))
        Secrets.remember(variables.secrets)
        guard variables.diagnostics.isEmpty, case .scalar(let value) = node.content else {
            throw ProfileError(diagnostics: variables.diagnostics)
        }
        return value
    }

    private static func name(of file: String) -> String {
        let base = file.split(separator: "/").last ?? "profile"
        let dot = base.lastIndex(of: ".") ?? base.endIndex
        return dot == base.startIndex ? String(base) : String(base[..<dot])
    }

    /// By place, those of flags last; stable.
    private static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        func key(_ entry: (offset: Int, element: Diagnostic)) -> (Int, Int, Int) {
            let diagnostic = entry.element
            return (diagnostic.isInFlag ? Int.max : diagnostic.line, diagnostic.column, entry.offset)
        }
        return diagnostics.enumerated().sorted { key($0) < key($1) }.map(\.element)
    }
}
