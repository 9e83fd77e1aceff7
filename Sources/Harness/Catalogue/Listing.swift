import Backends
import Conformance
import Foundation
import Measure
import Reporting
import Workload

/// What `list` prints: rows of named columns.
package struct Listing: Sendable {
    /// The columns in their order.
    package var header: [String]
    /// One dictionary for each row, with a value for each column.
    package var rows: [[String: String]]

    /// The values in the order of the header.
    package var cells: [[String]] {
        self.rows.map { row in self.header.map { row[$0] ?? "" } }
    }

    private init(header: [String], cells: [[String]]) {
        self.header = header
        self.rows = cells.map { Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first }) }
    }

    /// Every backend by its family, each option on a row of its own.
    package static func backends() -> Listing {
        var cells: [[String]] = []
        let all = BackendDescriptor.Family.allCases.flatMap { family in
            BackendCatalogue.all.filter { $0.family == family }
        }
        for backend in all {
            let family = backend.family.rawValue
            let schemes = backend.schemes.map { backend.isCommand ? "\($0):COMMAND" : "\($0)://" }.joined(
                separator: " ")
            cells.append([
                family, backend.id, "", "", "\(backend.summary) [\(schemes)\(backend.embedded ? ", embedded" : "")]",
            ])
            for option in backend.options {
                let values = option.values.isEmpty ? "" : " (\(option.values.joined(separator: ", ")))"
                cells.append([
                    family, backend.id, "backend.\(option.key)", option.defaultValue, option.summary + values,
                ])
            }
        }
        for key in ProfileKeys.all where key.path.hasPrefix("backend.") {
            cells.append(["", "all", key.path, key.standard, "\(key.meaning) (\(key.form))"])
        }
        return Listing(header: ["family", "backend", "option", "default", "summary"], cells: cells)
    }

    /// The shipped profiles.
    ///
    /// - Parameter locator: where to look.
    /// - Returns: one row for each name.
    package static func profiles(_ locator: ProfileLocator) -> Listing {
        let cells = locator.paths.map { path -> [String] in
            let name = URL(filePath: path).deletingPathExtension().lastPathComponent
            switch ProfileLoader.read(path: path) {
            case .success(let profile):
                return [name, "\(profile.agents)", profile.backend.id, profile.description]
            case .failure(let mistakes):
                return [name, "", "", "\(mistakes.diagnostics.count) mistakes; see signalbench validate \(name)"]
            }
        }
        return Listing(header: ["profile", "agents", "backend", "description"], cells: cells)
    }

    /// Every key of a profile.
    package static func keys() -> Listing {
        Listing(
            header: ["key", "default", "form", "meaning"],
            cells: ProfileKeys.all.map { [$0.path, $0.standard, $0.form, $0.meaning] })
    }

    /// Every metric of the report.
    package static func metrics() -> Listing {
        Listing(
            header: ["metric", "unit", "meaning"],
            cells: MetricCatalogue.all.map { [$0.path, "\($0.unit)", $0.summary] })
    }

    /// Every case of the conformance catalogue.
    package static func cases() -> Listing {
        Listing(
            header: ["case", "level", "slug", "applies", "text"],
            cells: Catalogue.current.cases.map { [$0.id, $0.level.rawValue, $0.slug, $0.applies, $0.text] })
    }

    /// The catalogue itself.
    ///
    /// - Throws: what encoding throws.
    package static func casesJSON() throws -> String {
        String(decoding: try ReportCoding.encoder(isPretty: true).encode(Catalogue.current), as: UTF8.self)
    }
}
