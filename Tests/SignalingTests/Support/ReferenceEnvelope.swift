import Foundation
import Signaling

/// The envelope as Foundation's decoder reads it, against which the scanner is held.
struct ReferenceEnvelope: Decodable {
    enum Field: Equatable {
        case absent
        case string([UInt8])
        case falsy
        case other
    }

    enum CodingKeys: String, CodingKey {
        case type, from, sendto, tag
    }

    var type: Field
    var from: Field
    var sendto: Field
    var tag: Field

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func field(_ key: CodingKeys) throws -> Field {
            guard container.contains(key) else { return .absent }
            if try container.decodeNil(forKey: key) { return .falsy }
            if let text = try Self.unlessMismatched({ try container.decode(String.self, forKey: key) }) {
                return .string(Array(text.utf8))
            }
            if let flag = try Self.unlessMismatched({ try container.decode(Bool.self, forKey: key) }) {
                return flag ? .other : .falsy
            }
            if let number = try Self.unlessMismatched({ try container.decode(Double.self, forKey: key) }) {
                return number == 0 ? .falsy : .other
            }
            return .other
        }
        self.type = try field(.type)
        self.from = try field(.from)
        self.sendto = try field(.sendto)
        self.tag = try field(.tag)
    }

    /// Nil for another type of value; whatever else is wrong makes the document unacceptable.
    private static func unlessMismatched<T>(_ decode: () throws -> T) throws -> T? {
        do { return try decode() } catch DecodingError.typeMismatch { return nil }
    }

    /// Decodes a document, nil when the decoder does not accept it.
    static func decode(_ json: [UInt8]) -> ReferenceEnvelope? {
        try? JSONDecoder().decode(ReferenceEnvelope.self, from: Data(json))
    }

    /// What the scanner says differently of the same bytes; nil when the two agree.
    func disagreement(with json: [UInt8]) -> String? {
        let envelope = json.scanned()
        if !envelope.isObject { return "isObject" }
        let kind: SignalKind? =
            if case .string(let name) = self.type { SignalKind.allCases.first { Array($0.name.utf8) == name } } else {
                nil
            }
        if envelope.kind != kind { return "kind \(String(describing: envelope.kind))" }
        let fields: [(String, Envelope.Field, Field)] = [
            ("type", envelope.type, self.type), ("from", envelope.from, self.from),
            ("sendto", envelope.sendto, self.sendto), ("tag", envelope.tag, self.tag),
        ]
        for (name, found, expected) in fields where !Self.agree(found, expected, in: json, envelope) {
            return "\(name) \(found) for \(expected)"
        }
        return nil
    }

    private static func agree(
        _ found: Envelope.Field, _ expected: Field, in json: [UInt8], _ envelope: Envelope
    ) -> Bool {
        switch expected {
        case .absent: return found.presence == .absent
        case .falsy: return found.presence == .falsy
        case .other: return found.presence == .other
        case .string(let bytes):
            let hasContent = found.presence == .string || found.presence == .escapedString
            return hasContent == !bytes.isEmpty && (found.presence == .empty) == bytes.isEmpty
                && json.unescaped(found, of: envelope) == bytes
                && json.matches(found, of: envelope, bytes)
                && !json.matches(found, of: envelope, bytes + [0x61])
                && (bytes.isEmpty || !json.matches(found, of: envelope, Array(bytes.dropLast())))
                && (bytes.isEmpty
                    || !json.matches(found, of: envelope, Array(bytes.dropLast()) + [bytes[bytes.count - 1] ^ 1]))
        }
    }
}
