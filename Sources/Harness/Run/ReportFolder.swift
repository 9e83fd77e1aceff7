package import Foundation
import Glibc

/// Where the files of a run go.
package struct ReportFolder: Equatable, Sendable {
    /// The path, which exists and can be written to.
    package let path: String

    /// Takes a folder that the user named, made when it is missing.
    ///
    /// - Parameter path: `--out`.
    /// - Throws: `HarnessError` (unwritable output).
    package init(taking path: String) throws(HarnessError) {
        if let reason = Self.make(path) ?? Self.probe(path) {
            throw HarnessError(
                .unwritableOutput, "cannot write to the folder '\(path)': \(reason)",
                cure: "choose another folder with --out")
        }
        self.path = path
    }

    /// Makes a new folder below another: `<UTC time>-<profile>-<backend>`.
    ///
    /// - Parameters:
    ///   - parent: the folder of reports, made when it is missing.
    ///   - profile: the profile's name.
    ///   - backend: the backend's id, or `comparison`.
    ///   - date: the time in the name.
    /// - Throws: `HarnessError` (unwritable output).
    package init(below parent: String, profile: String, backend: String, date: Date = Date()) throws(HarnessError) {
        let name = "\(Self.stamp(date))-\(Self.plain(profile))-\(Self.plain(backend))"
        var path = "\(parent)/\(name)"
        var count = 1
        while FileManager.default.fileExists(atPath: path) {
            count += 1
            path = "\(parent)/\(name)-\(count)"
        }
        try self.init(taking: path)
    }

    /// A folder within this one.
    ///
    /// - Parameter name: its name; what does not belong in a file name is replaced.
    /// - Returns: the folder, made when it was missing.
    /// - Throws: `HarnessError` (unwritable output).
    package func folder(_ name: String) throws(HarnessError) -> ReportFolder {
        try ReportFolder(taking: self.path + "/" + Self.plain(name))
    }

    /// UTC as `20251124T020405Z`, which sorts by time.
    package static func stamp(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ width: Int) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month, 2) + digits(parts.day, 2) + "T"
            + digits(parts.hour, 2) + digits(parts.minute, 2) + digits(parts.second, 2) + "Z"
    }

    /// A name with nothing in it that a shell or a file system minds.
    package static func plain(_ name: String) -> String {
        let plain = name.map { character in
            character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
                ? character : "-"
        }
        let text = String(plain).trimmingCharacters(in: CharacterSet(charactersIn: "-."))
        return text.isEmpty ? "run" : String(text.prefix(60))
    }

    /// Makes a folder and those above it.
    ///
    /// - Returns: why that is not possible, in the words of the system.
    private static func make(_ path: String) -> String? {
        guard !path.isEmpty else { return "the name is empty" }
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
            if mkdir(made, 0o755) == 0 || errno == EEXIST || errno == EISDIR { continue }
            // Above a folder that may be written to there are many that may not, and need not.
            if errno == EROFS || errno == EACCES, access(made, F_OK) == 0 { continue }
            return String(cString: strerror(errno))
        }
        return nil
    }

    /// Makes and removes a file in a folder.
    ///
    /// - Returns: why that is not possible.
    private static func probe(_ folder: String) -> String? {
        let path = "\(folder)/.signalbench-\(getpid())"
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return String(cString: strerror(errno)) }
        close(file)
        unlink(path)
        return nil
    }
}
