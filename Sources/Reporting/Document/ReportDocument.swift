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
