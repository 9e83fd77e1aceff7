package import Foundation
package import Measure

/// Several runs of one plan against different backends, side by side.
package struct Comparison: Sendable, Encodable {
    /// One backend's run.
    package struct Backend: Sendable, Encodable {
        package var name: String
        package var id: String
        package var url: String
        package var verdict: Verdict
        package var exitCode: Int32
        /// Why its numbers must not be used, when they must not.
        package var reasons: [String]
        /// Its own report, seen from the comparison's folder; absent when there is none.
        package var report: String?
    }

    /// One metric over all backends.
    package struct Row: Sendable, Encodable {
        package var metric: String
        package var title: String
        package var group: String
        package var unit: String
        /// `lower`, `higher` or `neither`.
        package var better: String
        /// One value for each backend; absent where it was not measured.
        package var values: [Double?]
        /// The values divided by the first backend's; absent where either is missing or the first is 0.
        package var ratios: [Double?]
        /// The places of the best value.
        ///
        /// None when all are equal, when fewer than two were measured, or when neither direction is better. A run that is
        /// invalid or interrupted is never best.
        package var best: [Int]
    }

    package let schemaVersion = 1
    package let tool: String
    /// The verdict of all runs together.
    package let verdict: Verdict
    /// The exit code of all runs together: the first of 130, 2, 1, 0.
    package let exitCode: Int32
    package let plan: PlanReport
    package let backends: [Backend]
    package let rows: [Row]

    /// The runs themselves, for the pages.
    let documents: [ReportDocument]

    private enum CodingKeys: String, CodingKey {
        case schemaVersion, tool, verdict, exitCode, plan, backends, rows
    }

    /// Compares runs of one plan.
    ///
    /// - Parameters:
    ///   - documents: The runs; ratios are to the first.
    ///   - reports: For each run where its report lies, seen from the comparison's folder; empty when nowhere.
    /// - Throws: ``ReportError`` with code `plansDiffer` when a plan's digest differs from the first one's, with code
    ///   `nothingToCompare` when there are fewer than two runs.
    package init(_ documents: [ReportDocument], reports: [String] = []) throws(ReportError) {
        guard documents.count > 1, let first = documents.first?.result else {
            throw ReportError(code: .nothingToCompare, message: "a comparison needs at least two runs")
        }
        for other in documents.dropFirst().map(\.result) where other.plan.digest != first.plan.digest {
            throw ReportError(
                code: .plansDiffer,
                message: "\(other.backend.id) was not run with the plan of \(first.backend.id) (digest "
                    + "\(other.plan.digest) against \(first.plan.digest)): only runs of one plan can be compared; "
                    + "run them with the same profile and seed"
            )
        }
        self.documents = documents
        self.tool = first.tool
        self.plan = first.plan
        self.verdict = Verdict.combine(documents.map(\.result.verdict))
        let codes = Set(documents.map(\.result.exitCode))
        self.exitCode = [130, 70, 69, 2, 1, 0].first(where: codes.contains) ?? codes.max() ?? 0
        let names = Self.names(documents.map(\.result.backend))
        self.backends = documents.enumerated().map { index, document in
            let result = document.result
            return Backend(
                name: names[index], id: result.backend.id, url: result.backend.url, verdict: result.verdict,
                exitCode: result.exitCode, reasons: result.validity.reasons,
                report: index < reports.count && !reports[index].isEmpty ? reports[index] : nil
            )
        }
        self.rows = ComparisonMetric.all.map { Self.row($0, documents) }.filter { row in
            row.values.contains { $0 != nil }
        }
    }

    /// The comparison as indented JSON with a final line break.
    ///
    /// - Returns: The bytes of a `comparison.json`.
    /// - Throws: What encoding throws.
    package func json() throws -> Data {
        try ReportCoding.encoder(isPretty: true).encode(self) + Data("\n".utf8)
    }

    private static func row(_ metric: ComparisonMetric, _ documents: [ReportDocument]) -> Row {
        let values = documents.map { $0.result.metrics[metric.path] }
        let usable = documents.enumerated().filter { _, document in
            document.result.verdict == .pass || document.result.verdict == .fail
        }.compactMap { index, _ in values[index].map { (index, $0) } }
        let numbers = usable.map(\.1)
        let target: Double? =
            switch metric.better {
            case .lower: numbers.min()
            case .higher: numbers.max()
            case .neither: nil
            }
        let isEven = Set(numbers).count < 2
        return Row(
            metric: metric.path,
            title: metric.title,
            group: metric.group,
            unit: MetricUnit.of(metric.path).rawValue,
            better: metric.better.rawValue,
            values: values,
            ratios: values.map { value in
                guard let value, let first = values.first ?? nil, first != 0 else { return nil }
                return value / first
            },
            best: isEven ? [] : usable.filter { $0.1 == target }.map(\.0)
        )
    }

    /// Short names that tell the backends apart: the id, with the address when the id comes twice.
    private static func names(_ backends: [BackendReport]) -> [String] {
        backends.map { backend in
            let twins = backends.filter { $0.id == backend.id }
            return twins.count > 1 ? "\(backend.id) \(backend.url)" : backend.id
        }
    }
}
