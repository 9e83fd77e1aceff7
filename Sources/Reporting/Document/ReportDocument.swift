package import Foundation
package import Measure

/// Everything that is known about one run: its result and the profile it came from, as written to `report.json`.
package struct ReportDocument: Sendable {
    /// What was measured and judged.
    package var result: RunResult
    /// The profile with every default filled in; passed through without being understood.
    package var profile: JSONValue

    /// A document out of a run's result and its profile.
    ///
    /// - Parameters:
    ///   - result: The result of the run.
    ///   - profile: The profile that was run.
    /// - Throws: What the profile's encoding throws.
    package init(result: RunResult, profile: some Encodable) throws {
        self.result = result
        self.profile = try JSONValue(encoding: profile)
    }

    /// Reads a document back from the JSON of a `report.json`.
    ///
    /// - Parameters:
    ///   - json: The file's content.
    ///   - file: The file's name, for the message.
    /// - Throws: ``ReportError`` with code `badResult` that names the place in the JSON.
    package init(json: Data, file: String = "report.json") throws(ReportError) {
        do {
            self = try JSONDecoder().decode(ReportDocument.self, from: json)
        } catch let DecodingError.keyNotFound(key, context) {
            let place = Self.place(context.codingPath + [key])
            throw ReportError(code: .badResult, message: "\(file) is not a result of signalbench: \(place) is missing")
        } catch let DecodingError.typeMismatch(type, context) {
            let place = Self.place(context.codingPath)
            throw ReportError(
                code: .badResult, message: "\(file) is not a result of signalbench: \(place) is no \(type)")
        } catch let DecodingError.valueNotFound(_, context) {
            let place = Self.place(context.codingPath)
            throw ReportError(code: .badResult, message: "\(file) is not a result of signalbench: \(place) is null")
        } catch {
            throw ReportError(code: .badResult, message: "\(file) is not JSON, or cut short")
        }
        guard self.result.schemaVersion <= RunResult.currentSchemaVersion else {
            throw ReportError(
                code: .badResult,
                message: "\(file) has schema version \(self.result.schemaVersion), newer than this program knows "
                    + "(\(RunResult.currentSchemaVersion)); render it with the signalbench that wrote it"
            )
        }
    }

    /// The document as indented JSON with sorted keys and a final line break.
    ///
    /// - Returns: The bytes of a `report.json`.
    /// - Throws: What encoding throws, for example for a metric that is not finite.
    package func json() throws -> Data {
        try ReportCoding.encoder(isPretty: true).encode(self) + Data("\n".utf8)
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}

extension ReportDocument: Codable {
    private enum Key: String, CodingKey {
        case profile
    }

    package init(from decoder: any Decoder) throws {
        self.result = try RunResult(from: decoder)
        self.profile = try decoder.container(keyedBy: Key.self).decode(JSONValue.self, forKey: .profile)
    }

    package func encode(to encoder: any Encoder) throws {
        try self.result.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.profile, forKey: .profile)
    }
}

extension ReportDocument {
    /// A metric with its unit.
    ///
    /// - Parameter path: The metric's path.
    /// - Returns: Nil when the metric has no samples.
    package func quantity(_ path: String) -> Quantity? {
        self.result.metrics[path].map { Quantity($0, MetricUnit.of(path)) }
    }

    /// The distributions that stand for the fan-out of a run: chatter's, or without chatter those of signaling messages.
    package var fanout: (latency: String, last: String, isOfSignaling: Bool) {
        let isOfSignaling =
            self.result.metrics["fanout.latency.samples"] == nil
            && self.result.metrics["fanout.signaling.latency.samples"] != nil
        return isOfSignaling
            ? ("fanout.signaling.latency", "fanout.signaling.last", true) : ("fanout.latency", "fanout.last", false)
    }

    /// A metric as text, or why it is missing; never 0 for what was not measured.
    ///
    /// - Parameter path: The metric's path.
    /// - Returns: For example `12.3 ms` or `not measured (the profile has no chatter)`.
    package func text(_ path: String) -> String {
        if let quantity = self.quantity(path) { return self.prefix(path) + quantity.text }
        return "not measured (\(self.absence(of: path)))"
    }

    /// A metric as short text for a table cell.
    ///
    /// - Parameter path: The metric's path.
    /// - Returns: The number with its unit, or `not measured`.
    func shortText(_ path: String) -> String {
        self.quantity(path).map { self.prefix(path) + $0.text } ?? "not measured"
    }

    /// How many samples a distribution rests on.
    ///
    /// - Parameter path: The path of the distribution, without the quantile.
    /// - Returns: Nil when it was not recorded.
    func sampleCount(_ path: String) -> Int? {
        self.result.histograms[path].map { Int($0.count) }
    }

    /// Why a metric is not there.
    ///
    /// - Parameter path: The metric's path.
    /// - Returns: A reason without a full stop.
    package func absence(of path: String) -> String {
        let parts = path.split(separator: ".").map(String.init)
        let base = parts.dropLast().joined(separator: ".")
        if path.hasPrefix("fanout.") && !path.hasPrefix("fanout.signaling.") || path.hasPrefix("chatter."),
            self.profile["chatter"]?.isNull ?? true
        {
            return "the profile has no chatter"
        }
        if let quantile = MetricQuantile(pathOf: path), let count = self.sampleCount(base),
            count < quantile.leastSamples
        {
            let least = NumberText.fixed(Double(quantile.leastSamples), decimals: 0)
            return count == 0 ? "no samples" : "\(quantile.rawValue) needs \(least) samples, there were \(count)"
        }
        if path == "amplification.predicted" { return "no closed form holds for this plan" }
        if path.hasPrefix("amplification.") { return "no signaling message was useful to anybody" }
        if path.hasPrefix("backend.") { return "the backend's process is not known to this run" }
        if path.hasPrefix("negotiation.time") { return "no pair became connectable" }
        if path.hasPrefix("negotiation."), self.result.metrics["negotiation.expected"] ?? 0 == 0 {
            return "no pair was expected to negotiate"
        }
        return "no samples"
    }

    /// A quantile that lies among undelivered messages is only known to be at least the deadline.
    private func prefix(_ path: String) -> String {
        (self.result.metrics[path + ".censored"] ?? 0) > 0 ? "≥ " : ""
    }
}

/// Which unit a metric of `report.json` is in.
package enum MetricUnit {
    /// The unit of a metric as the catalogue says.
    ///
    /// - Parameter path: The metric's path, for example `fanout.latency.p99`.
    /// - Returns: The unit; a plain count for a metric that the catalogue does not know.
    package static func of(_ path: String) -> Quantity.Unit {
        switch MetricCatalogue.find(path)?.unit {
        case .milliseconds: .milliseconds
        case .bytes: .bytes
        case .ratio: .ratio
        case .factor: .factor
        case .cores: .cores
        case .perSecond: .perSecond
        case .count, nil: .count
        }
    }
}

/// How reports are written as JSON: sorted keys, plain slashes, the same bytes for the same report.
package enum ReportCoding {
    /// An encoder for reports.
    ///
    /// - Parameter isPretty: Whether the JSON is indented.
    /// - Returns: A new encoder.
    package static func encoder(isPretty: Bool = false) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            isPretty
            ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            : [
                .sortedKeys, .withoutEscapingSlashes,
            ]
        return encoder
    }

    /// JSON that may stand inside a `script` element of a page.
    ///
    /// A `<` occurs in JSON only inside strings, so `</script>` and `<!--` are both disarmed by escaping it.
    ///
    /// - Parameter json: Any JSON text.
    /// - Returns: The same JSON value without any `<`.
    package static func scriptText(_ json: String) -> String {
        json.replacing("<", with: "\\u003c")
    }
}
