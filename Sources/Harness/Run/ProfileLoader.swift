import Backends
import Conformance
import Foundation
import Measure
import Signaling
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

    /// The text of a flag with the environment's variables in it, as ``ProfileReader/expanded(_:in:)`` has it.
    static func expanded(_ text: String, in source: String) throws(HarnessError) -> String {
        do {
            return try ProfileReader.expanded(text, in: source)
        } catch {
            throw self.harnessError(error)
        }
    }

    /// The profile that a report carries; nil when this version cannot read it.
    ///
    /// - Parameter text: its JSON.
    /// - Returns: the profile.
    static func recorded(_ text: String) -> Profile? {
        try? ProfileReader.read(text: text, file: "report.json", checks: ProfileReader.Checks())
    }

    private static func read(
        text: String, file: String, overrides: [ProfileReader.Override]
    ) -> Result<Profile, ProfileError> {
        var checks = self.checks
        checks.recording = { path in
            // Beside the profile, where it is not in the folder of the run.
            let beside = URL(filePath: file).deletingLastPathComponent().appending(path: path).path
            return [path, beside].lazy.compactMap { FileManager.default.contents(atPath: $0) }.first.map { Array($0) }
        }
        do {
            return .success(
                try ProfileReader.read(text: text, file: file, overrides: overrides, checks: checks))
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
        checks.conformanceCase = { id in
            if Catalogue.current[id] != nil { return nil }
            return "there is no case '\(id)'" + Spelling.hint(for: id, among: Catalogue.current.cases.map(\.id))
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

/// Finds a profile by path or, among those that are shipped, by name.
package struct ProfileLocator: Sendable {
    /// The folders that hold shipped profiles, nearest first.
    package let folders: [String]

    /// Looks in given folders.
    ///
    /// - Parameter folders: nearest first.
    package init(folders: [String]) {
        self.folders = folders
    }

    /// Looks in `./Profiles`, in every `Profiles` folder above the program, and where `make install` puts them.
    ///
    /// - Parameter executable: the program's path.
    package init(executable: String) {
        var folders = ["Profiles"]
        var folder = URL(filePath: executable).deletingLastPathComponent().standardizedFileURL
        while folder.path != "/", folders.count < 32 {
            folders += [folder.path + "/Profiles", folder.path + "/share/signalbench/Profiles"]
            folder.deleteLastPathComponent()
        }
        self.folders = folders.filter(Self.isFolder)
    }

    /// The path of a profile.
    ///
    /// - Parameter argument: a path, or the name of a shipped profile.
    /// - Returns: a path that exists.
    /// - Throws: `HarnessError` (profile not found), which lists the names there are.
    package func locate(_ argument: String) throws(HarnessError) -> String {
        if FileManager.default.fileExists(atPath: argument), !Self.isFolder(argument) { return argument }
        let looksLikePath = argument.contains("/") || argument.hasSuffix(".yaml") || argument.hasSuffix(".yml")
        if !looksLikePath {
            for folder in self.folders {
                let path = "\(folder)/\(argument).yaml"
                if FileManager.default.fileExists(atPath: path) { return path }
            }
        }
        let names = self.names
        let known = names.isEmpty ? "no profiles are shipped next to this program" : names.joined(separator: ", ")
        throw HarnessError(
            .profileNotFound, "no profile '\(argument)'" + Spelling.hint(for: argument, among: names),
            cure: looksLikePath ? "check the path; shipped profiles: \(known)" : "give a path or one of: \(known)")
    }

    /// The names of the shipped profiles, in order of the alphabet.
    package var names: [String] {
        Array(Set(self.paths.map(Self.name))).sorted()
    }

    /// The paths of the shipped profiles, one for each name, in order of the names.
    package var paths: [String] {
        var found: [String: String] = [:]
        for folder in self.folders {
            for file in DirectoryListing.names(in: folder) where file.hasSuffix(".yaml") {
                let path = "\(folder)/\(file)"
                found[Self.name(of: path)] = found[Self.name(of: path)] ?? path
            }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func name(of path: String) -> String {
        URL(filePath: path).deletingPathExtension().lastPathComponent
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
