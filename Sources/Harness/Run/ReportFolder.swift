package import Foundation

/// Where the files of a run go.
package struct ReportFolder: Equatable, Sendable {
    /// The path, which exists and can be written to.
    package let path: String

    /// Takes a folder that the user named, made when it is missing.
    ///
    /// - Parameter path: `--out`.
    /// - Throws: `HarnessError` (unwritable output).
    package init(taking path: String) throws(HarnessError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let probe = path + "/.signalbench-\(ProcessInfo.processInfo.processIdentifier)"
            try Data().write(to: URL(filePath: probe))
            try FileManager.default.removeItem(atPath: probe)
        } catch {
            throw HarnessError(
                .unwritableOutput, "cannot write to the folder '\(path)': \(Self.reason(error))",
                cure: "choose another folder with --out", cause: error)
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

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(underlying.code))) }
        return error.localizedDescription
    }
}
