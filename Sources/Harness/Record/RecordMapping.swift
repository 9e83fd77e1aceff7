import Foundation
import Signaling

/// How a foreign protocol names what a recording holds: `record --mapping FILE`.
///
/// A field is one path or several, the first that leads somewhere holds: `{"type": "kind", "sdp": ["desc.sdp", "sdp"]}`.
/// Fields that the file does not name have the names of our dialects.
struct RecordMapping: Sendable {
    /// What may be mapped.
    enum Field: String, CaseIterable, Sendable {
        case type, from, to, sdp, candidate, sdpMid, sdpMLineIndex
    }

    private var paths: [Field: [[String]]]
    /// Foreign words of type, and ours.
    private var types: [String: String]
    /// Whether each connection is a peer of its own, because nothing in a message says who sent it.
    private(set) var isByConnection = false

    /// The kinds of a recording.
    private static let kinds = SignalKind.allCases.filter { $0 != .chatter }.map(\.name)

    /// The names of our dialects.
    init() {
        self.paths = Dictionary(uniqueKeysWithValues: Field.allCases.map { ($0, [[$0.rawValue]]) })
        self.paths[.to] = [["sendto"]]
        self.types = Dictionary(uniqueKeysWithValues: Self.kinds.map { ($0, $0) })
    }

    /// What is wrong with a mapping.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads a mapping.
    ///
    /// - Parameter data: JSON.
    /// - Throws: ``Mistake``.
    init(_ data: Data) throws(Mistake) {
        self.init()
        guard let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
            throw Mistake(description: #"a mapping is an object of JSON, such as {"type": "kind", "from": "sender"}"#)
        }
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            if name == "types" {
                try self.take(types: value)
            } else if let field = Field(rawValue: name) {
                if field == .from, value is NSNull {
                    self.isByConnection = true
                    continue
                }
                guard let texts = Self.texts(value), !texts.isEmpty else {
                    throw Mistake(description: "\(name) is a path such as \"data.\(name)\", or several in a list")
                }
                self.paths[field] = texts.map { $0.split(separator: ".").map(String.init) }
            } else {
                let known = Field.allCases.map(\.rawValue) + ["types"]
                throw Mistake(description: "there is no field '\(name)'" + Spelling.hint(for: name, among: known))
            }
        }
    }

    private mutating func take(types value: Any) throws(Mistake) {
        guard let object = value as? [String: Any] else {
            throw Mistake(description: #"types is an object, such as {"offer": "sdp-offer"}"#)
        }
        for (ours, foreign) in object.sorted(by: { $0.key < $1.key }) {
            guard Self.kinds.contains(ours) else {
                throw Mistake(
                    description: "there is no type '\(ours)'" + Spelling.hint(for: ours, among: Self.kinds))
            }
            guard let words = Self.texts(foreign) else {
                throw Mistake(description: "types.\(ours) is a word, or several in a list")
            }
            self.types = self.types.filter { $0.value != ours }
            for word in words { self.types[word] = ours }
        }
    }

    private static func texts(_ value: Any) -> [String]? { (value as? String).map { [$0] } ?? value as? [String] }

    // MARK: Signals

    /// A signal, as it was sent.
    struct Signal {
        var type: String
        /// Nil where the connection says it.
        var from: String?
        var to: String?
        var sdp: String?
        var candidate: String?
        var sdpMid: String?
        var sdpMLineIndex: Int?
    }

    /// The first signal in a text, wherever it stands.
    func signal(in json: Any, depth: Int = 0) -> Signal? {
        guard depth < 8 else { return nil }
        if let object = json as? [String: Any] {
            if let signal = self.signal(of: object) { return signal }
            return object.values.lazy.compactMap { self.signal(in: $0, depth: depth + 1) }.first
        }
        return (json as? [Any])?.lazy.compactMap { self.signal(in: $0, depth: depth + 1) }.first
    }

    private func signal(of object: [String: Any]) -> Signal? {
        guard let type = self.text(.type, object).flatMap({ self.types[$0] }) else { return nil }
        let from = self.text(.from, object)
        guard from != nil || self.isByConnection else { return nil }
        var signal = Signal(type: type, from: self.isByConnection ? nil : from)
        signal.to = self.text(.to, object)
        signal.sdp = self.text(.sdp, object)
        signal.candidate = self.text(.candidate, object)
        signal.sdpMid = self.text(.sdpMid, object)
        signal.sdpMLineIndex = self.value(.sdpMLineIndex, object) { $0 as? Int }
        return signal
    }

    /// Names may be numbers.
    private func text(_ field: Field, _ object: [String: Any]) -> String? {
        self.value(field, object) { $0 as? String ?? ($0 as? Int).map { "\($0)" } }
    }

    private func value<Value>(_ field: Field, _ object: [String: Any], _ read: (Any) -> Value?) -> Value? {
        for path in self.paths[field] ?? [] {
            var place: Any? = object
            for name in path { place = (place as? [String: Any])?[name] }
            if let value = place.flatMap(read) { return value }
        }
        return nil
    }
}
