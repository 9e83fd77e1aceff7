import Foundation
package import Reporting

/// Runs that are repetitions of one another.
package struct TrialGroup: Sendable {
    /// The file or folder that they came from.
    package var name: String
    package var trials: [ReportDocument]

    package init(name: String, trials: [ReportDocument]) {
        self.name = name
        self.trials = trials
    }

    /// Reads one group.
    ///
    /// - Parameter path: a `report.json`, or a folder: then every `report.json` in it and one level below is a trial.
    /// - Throws: `HarnessError` (unreadable file, bad result).
    package init(reading path: String) throws(HarnessError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw HarnessError(.unreadableFile, "there is no file '\(path)'", cure: "give the path of a report.json")
        }
        var files = [path]
        if isFolder.boolValue {
            let below = DirectoryListing.names(in: path).sorted().map { "\(path)/\($0)/report.json" }
            files = (["\(path)/report.json"] + below).filter { FileManager.default.fileExists(atPath: $0) }
            if files.isEmpty {
                throw HarnessError(
                    .unreadableFile, "the folder '\(path)' holds no report.json", cure: "give a report's folder")
            }
        }
        var trials: [ReportDocument] = []
        for file in files { trials.append(try ResultFile.read(file)) }
        self.init(name: path, trials: trials)
    }
}
