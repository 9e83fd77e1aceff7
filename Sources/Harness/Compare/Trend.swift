import Foundation
package import Measure
import Reporting

/// The nightly results of one profile on one backend, and where its figures changed.
package struct Trend: Sendable {
    /// One night.
    package struct Night: Sendable, Equatable {
        /// When it began, in ISO 8601, UTC.
        package var time: String
        /// What tells it apart: the name of its folder.
        package var name: String
        package var metrics: [String: Double]
    }

    /// A change of one metric.
    package struct Change: Sendable, Equatable {
        package var metric: String
        package var point: ChangePoints.Point
        /// The first night of the new level.
        package var night: Night
        /// How many nights ago that is; 0 for the newest.
        package var age: Int

        /// Whether it is a turn for the worse.
        package var isRegression: Bool {
            switch MetricDirection.of(self.metric) {
            case .lowerIsBetter: self.point.after > self.point.before
            case .higherIsBetter: self.point.after < self.point.before
            case .neither: false
            }
        }
    }

    /// `mesh-8 on relay`.
    package var name: String
    package var nights: [Night]
    package var metrics: [String]
    package var changes: [Change]

    /// The metrics that are followed, unless the user names others.
    package static let followed =
        ResultComparison.judged + ["session.join.p99", "fanout.last.p99", "backend.rss", "deliveries.duplicate"]

    /// Looks for changes.
    ///
    /// - Parameters:
    ///   - name: of what.
    ///   - nights: in any order.
    ///   - metrics: those to follow; what fewer than two nights have is left out.
    ///   - level: the greatest probability of chance that counts as a change.
    ///   - least: the least change that counts, as a share.
    package init(name: String, nights: [Night], metrics: [String], level: Double, least: Double) {
        let nights = nights.sorted { ($0.time, $0.name) < ($1.time, $1.name) }
        self.name = name
        self.nights = nights
        self.metrics = metrics.filter { metric in nights.count { $0.metrics[metric] != nil } >= 2 }
        self.changes = self.metrics.flatMap { metric in
            let measured = nights.filter { $0.metrics[metric] != nil }
            let points = ChangePoints.find(
                in: measured.compactMap { $0.metrics[metric] }, level: level, least: least)
            return points.map { point in
                let night = measured[point.index]
                let place = nights.firstIndex(of: night) ?? 0
                return Change(metric: metric, point: point, night: night, age: nights.count - 1 - place)
            }
        }
    }

    /// Turns for the worse among the last nights that were not taken back since.
    ///
    /// - Parameter recent: how many nights count.
    /// - Returns: one for a metric, at most.
    package func regressions(within recent: Int) -> [Change] {
        self.metrics.compactMap { metric in
            self.changes.last { $0.metric == metric }.flatMap { $0.isRegression && $0.age < recent ? $0 : nil }
        }
    }
}

/// Reads a folder of nightly results, or the table of one.
package enum NightlyResults {
    /// Reads them.
    ///
    /// Runs whose numbers must not be used are left out. Those of different profiles, backends or settings are different
    /// histories.
    ///
    /// - Parameters:
    ///   - path: a folder whose folders hold a `report.json` each, or a `.csv` of an earlier ``TrendFiles``.
    ///   - metrics: those to follow; of a table its columns when there are none.
    ///   - level: the greatest probability of chance that counts as a change.
    ///   - least: the least change that counts, as a share.
    /// - Returns: the histories by name; one at least.
    /// - Throws: `HarnessError` for what cannot be read, and when nothing was measured of what was asked for: that is no news, and
    ///   not good news.
    package static func read(
        _ path: String, metrics: [String], level: Double, least: Double
    ) throws(HarnessError) -> [Trend] {
        let trends = try self.histories(path, metrics: metrics, level: level, least: least)
        guard trends.contains(where: { !$0.nights.isEmpty }) else {
            throw HarnessError(
                .badResult, "no run of '\(path)' has numbers to be used",
                cure: "give complete, measured results whose verdict is pass or fail")
        }
        for metric in metrics where !trends.contains(where: { $0.metrics.contains(metric) }) {
            throw HarnessError(
                .badResult, "fewer than two runs of '\(path)' have the metric '\(metric)'", cure: "leave it out")
        }
        return trends
    }

    private static func histories(
        _ path: String, metrics: [String], level: Double, least: Double
    ) throws(HarnessError) -> [Trend] {
        if path.hasSuffix(".csv") {
            let (nights, columns) = try Self.table(path)
            return [
                Trend(
                    name: URL(filePath: path).deletingPathExtension().lastPathComponent, nights: nights,
                    metrics: metrics.isEmpty ? columns : metrics, level: level, least: least)
            ]
        }
        var histories: [String: [String: [Trend.Night]]] = [:]
        for file in try TrialGroup.files(in: path) {
            let document = try ResultFile.read(file)
            let result = document.result
            guard result.complete, result.simulated != true, result.verdict == .pass || result.verdict == .fail else {
                continue
            }
            let name = "\(document.profile["name"]?.string ?? "run") on \(result.backend.id)"
            histories[name, default: [:]][result.plan.comparableDigest, default: []].append(
                Trend.Night(
                    time: result.startedAt, name: URL(filePath: file).deletingLastPathComponent().lastPathComponent,
                    metrics: result.metrics))
        }
        return histories.sorted { $0.key < $1.key }.flatMap { name, settings in
            settings.sorted { $0.key < $1.key }.map { digest, nights in
                Trend(
                    name: settings.count > 1 ? "\(name), settings \(digest.prefix(8))" : name, nights: nights,
                    metrics: metrics.isEmpty ? Trend.followed : metrics, level: level, least: least)
            }
        }
    }

    /// Reads a table with the columns `time` and `run`, and a column for each metric.
    private static func table(_ path: String) throws(HarnessError) -> ([Trend.Night], [String]) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw HarnessError(.unreadableFile, "cannot read '\(path)'", cure: "give a folder of results or a .csv")
        }
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let heads = lines.first, heads.count > 2, heads.prefix(2) == ["time", "run"] else {
            throw HarnessError(
                .badResult, "\(path) does not begin with the columns time and run",
                cure: "give a table that 'signalbench trend' wrote")
        }
        let columns = Array(heads.dropFirst(2))
        var nights: [Trend.Night] = []
        for (number, line) in lines.enumerated().dropFirst() {
            guard line.count == heads.count else {
                throw HarnessError(
                    .badResult, "\(path):\(number + 1): \(line.count) cells under \(heads.count) columns",
                    cure: "mend the line")
            }
            var metrics: [String: Double] = [:]
            for (column, cell) in zip(columns, line.dropFirst(2)) where !cell.isEmpty {
                guard let value = Double(cell), value.isFinite else {
                    throw HarnessError(
                        .badResult, "\(path):\(number + 1): '\(cell)' is no number", cure: "mend the cell")
                }
                metrics[column] = value
            }
            nights.append(Trend.Night(time: line[0], name: line[1], metrics: metrics))
        }
        return (nights, columns)
    }
}
