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

/// A metric that a comparison of backends shows, and which direction is better.
struct ComparisonMetric: Sendable {
    /// What makes one value better than another.
    enum Direction: String, Sendable {
        case lower, higher
        /// Neither: the number describes, it does not judge.
        case neither
    }

    /// The group of rows it belongs to.
    let group: String
    /// The metric's path.
    let path: String
    /// What it is called.
    let title: String
    /// Which value is better.
    let better: Direction

    /// The rows of a comparison in their order.
    static let all: [ComparisonMetric] = [
        Self("Negotiation", "negotiation.completion", "Completion", .higher),
        Self("Negotiation", "negotiation.time.p50", "Time to negotiated, p50", .lower),
        Self("Negotiation", "negotiation.time.p99", "Time to negotiated, p99", .lower),
        Self("Fan-out", "fanout.latency.p50", "Latency, p50", .lower),
        Self("Fan-out", "fanout.latency.p99", "Latency, p99", .lower),
        Self("Fan-out", "fanout.last.p50", "Last receiver, p50", .lower),
        Self("Fan-out", "fanout.last.p99", "Last receiver, p99", .lower),
        Self("Amplification", "amplification.messages", "Deliveries for each useful one", .lower),
        Self("Amplification", "amplification.predicted", "The same, predicted", .neither),
        Self("Amplification", "amplification.remote", "The same without own echoes", .lower),
        Self("Amplification", "amplification.bytes", "Bytes for each useful byte", .lower),
        Self("Messages", "messages.sent", "Messages sent", .neither),
        Self("Messages", "deliveries.total", "Deliveries", .neither),
        Self("Messages", "deliveries.useful", "Useful deliveries", .neither),
        Self("Messages", "deliveries.overheard", "Overheard deliveries", .lower),
        Self("Messages", "deliveries.echo", "Own echoes", .lower),
        Self("Messages", "deliveries.lost", "Lost", .lower),
        Self("Messages", "deliveries.duplicate", "Duplicate", .lower),
        Self("Messages", "deliveries.reordered", "Reordered", .lower),
        Self("Messages", "bytes.sent", "Bytes sent", .neither),
        Self("Messages", "bytes.delivered", "Bytes delivered", .lower),
        Self("Messages", "bytes.useful", "Useful bytes", .neither),
        Self("Cost", "backend.cpu", "Backend, processor", .lower),
        Self("Cost", "backend.rss", "Backend, memory", .lower),
        Self("Cost", "backend.deliveriesPerCpuSecond", "Backend, deliveries per CPU second", .higher),
        Self("Cost", "generator.cpu", "Generator, processor", .neither),
        Self("Cost", "generator.rss", "Generator, memory", .neither),
    ]

    private init(_ group: String, _ path: String, _ title: String, _ better: Direction) {
        self.group = group
        self.path = path
        self.title = title
        self.better = better
    }
}

/// One value of a comparison as text.
struct ComparisonCell: Sendable {
    let value: String
    let ratio: String?
    let isBest: Bool

    init(_ row: Comparison.Row, _ index: Int, of document: ReportDocument) {
        self.value = document.shortText(row.metric)
        let ratio = index == 0 ? nil : row.ratios[index]
        self.ratio = ratio.map { "\(NumberText.fixed($0, decimals: $0 < 10 ? 2 : 1))×" }
        self.isBest = row.best.contains(index)
    }
}
