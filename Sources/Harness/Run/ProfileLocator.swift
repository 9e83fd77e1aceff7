import Foundation
import Signaling

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

    /// Looks in `./Profiles` and in every `Profiles` folder above the program.
    ///
    /// - Parameter executable: the program's path.
    package init(executable: String) {
        var folders = ["Profiles"]
        var folder = URL(filePath: executable).deletingLastPathComponent().standardizedFileURL
        while folder.path != "/", folders.count < 32 {
            folders.append(folder.path + "/Profiles")
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
