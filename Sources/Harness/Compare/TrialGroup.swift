import Foundation
import Measure
package import Reporting
import Workload

/// Reads results that earlier runs wrote.
package enum ResultFile {
    /// Reads a `report.json`.
    ///
    /// - Parameter path: the file.
    /// - Returns: the run.
    /// - Throws: `HarnessError` (unreadable file, bad result).
    package static func read(_ path: String) throws(HarnessError) -> ReportDocument {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw HarnessError(
                .unreadableFile, "cannot read '\(path)'", cure: "give the path of a report.json", cause: error)
        }
        do {
            return try ReportDocument(json: data, file: path)
        } catch {
            throw HarnessError(
                .badResult, error.message, cure: "give a report.json that this version of signalbench wrote",
                cause: error)
        }
    }
}

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
        var trials: [ReportDocument] = []
        for file in try Self.files(in: path) { trials.append(try ResultFile.read(file)) }
        self.init(name: path, trials: trials)
    }

    /// The reports of a group, in the order of their names.
    static func files(in path: String) throws(HarnessError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw HarnessError(.unreadableFile, "there is no file '\(path)'", cure: "give the path of a report.json")
        }
        guard isFolder.boolValue else { return [path] }
        let below = DirectoryListing.names(in: path).sorted().map { "\(path)/\($0)/report.json" }
        let files = (["\(path)/report.json"] + below).filter { FileManager.default.fileExists(atPath: $0) }
        guard !files.isEmpty else {
            throw HarnessError(
                .unreadableFile, "the folder '\(path)' holds no report.json", cure: "give a report's folder")
        }
        return files
    }

    /// Holds all trials of some groups to the same settings; seeds may differ, of which trials are repetitions.
    ///
    /// - Parameter groups: the groups.
    /// - Throws: `HarnessError` (not comparable) with the first two whose settings differ.
    static func refuseDifferentSettings(_ groups: [TrialGroup]) throws(HarnessError) {
        let trials = groups.flatMap { group in group.trials.map { (group: group.name, document: $0) } }
        let seeds = Set(trials.map(\.document.result.plan.seed))
        func digest(_ document: ReportDocument) -> String {
            let written = document.result.plan.comparableDigest
            return seeds.count > 1 ? Self.seedless(document) ?? written : written
        }
        guard let first = trials.first else { return }
        let expected = digest(first.document)
        for trial in trials.dropFirst() where digest(trial.document) != expected {
            throw HarnessError(
                .notComparable,
                "the runs of '\(first.group)' and '\(trial.group)' do not share their settings (digest \(expected) against "
                    + "\(digest(trial.document)))",
                cure: "run both with the same profile and flags; only backend, name, description and seed may differ")
        }
    }

    /// Keeps what a model says apart from what was measured.
    ///
    /// - Parameter groups: the groups.
    /// - Throws: `HarnessError` (not comparable) when some runs were simulated and others not.
    static func refuseMixedWithSimulated(_ groups: [TrialGroup]) throws(HarnessError) {
        let trials = groups.flatMap { group in group.trials.map { (group: group.name, document: $0) } }
        guard let simulated = trials.first(where: { $0.document.result.simulated == true }),
            let measured = trials.first(where: { $0.document.result.simulated != true })
        else { return }
        throw HarnessError(
            .notComparable,
            "the runs of '\(simulated.group)' are simulated and those of '\(measured.group)' were measured",
            cure: "compare like with like, or say --with-simulated")
    }

    /// The digest of a run's comparable settings as if all runs had one seed; nil when its profile cannot be read.
    private static func seedless(_ document: ReportDocument) -> String? {
        guard let data = try? ReportCoding.encoder(isPretty: false).encode(document.profile) else { return nil }
        return ProfileLoader.recorded(String(decoding: data, as: UTF8.self)).map {
            var profile = $0
            profile.seed = 1
            return profile.comparableDigest
        }
    }
}
