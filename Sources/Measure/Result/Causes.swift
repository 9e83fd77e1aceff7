import Signaling

/// A distinct reason why something failed, as `causes[]` of the report has it.
package struct Cause: Codable, Equatable, Sendable {
    /// Which end it came from.
    package enum Side: String, Codable, CaseIterable, Sendable {
        case generator, backend, network
    }

    /// What was being done.
    package enum Place: String, Codable, CaseIterable, Sendable {
        case dns, tcp, tls, http, greeting, login, join, send, receive, close
    }

    package var side: Side
    package var `where`: Place
    /// The protocol's own number or name for it: an HTTP status, a close code, a reason code; empty without one.
    package var code: String
    /// What was said, free of control characters.
    package var text: String
    /// How often it was seen.
    package var count: UInt64
    /// Seconds since T0.
    package var first: Double
    package var last: Double
    /// One agent that it happened to; −1 when it was none.
    package var agent: Int32

    /// Most characters of a text that are kept.
    package static let textLimit = 400

    /// - Parameters:
    ///   - side: Which end it came from.
    ///   - place: What was being done.
    ///   - code: The protocol's own number or name for it.
    ///   - text: As a server sent it; it is made harmless.
    ///   - at: Seconds since T0.
    ///   - agent: Whom it happened to; −1 for nobody.
    ///   - count: How often.
    package init(
        side: Side, where place: Place, code: String = "", text: String, at: Double, agent: Int32 = -1,
        count: UInt64 = 1
    ) {
        self.side = side
        self.where = place
        self.code = Self.harmless(code)
        self.text = Self.harmless(Secrets.masked(text))
        self.count = count
        self.first = at
        self.last = at
        self.agent = agent
    }

    /// The cause on one line, for people.
    package var line: String {
        let code = self.code.isEmpty ? "" : " \(self.code)"
        let example = self.agent < 0 ? "" : ", agent \(self.agent)"
        let first = FixedDecimal.text(self.first, decimals: 1)
        let times = self.count == 1 ? "at \(first) s" : "\(first) to \(FixedDecimal.text(self.last, decimals: 1)) s"
        return "\(self.count) × \(self.where.rawValue)\(code): \(self.text) (\(times)\(example))"
    }

    /// Text that a server sent, fit for a terminal: ends of lines are spaces, other control and format characters are
    /// replaced, and it is cut.
    package static func harmless(_ text: String) -> String {
        var out = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == Self.textLimit {
                out.unicodeScalars.append("…")
                break
            }
            if ["\r", "\n", "\t"].contains(scalar) {
                if out.unicodeScalars.last != " " { out.append(" ") }
                continue
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator:
                out.unicodeScalars.append("\u{FFFD}")
            default: out.unicodeScalars.append(scalar)
            }
            count += 1
        }
        return out
    }
}

/// The distinct causes of one loop or run; merging is associative and commutative as long as the bound is not reached.
package struct CauseLog: Equatable, Sendable {
    private struct Key: Hashable {
        var place: Cause.Place
        var code: String
        var text: String
    }

    private var causes: [Key: Cause] = [:]
    /// Happenings that found no place because there were too many distinct causes.
    package private(set) var dropped: UInt64 = 0

    /// How many distinct causes are kept.
    package static let limit = 200

    package init() {}

    /// A text without what is of one session alone, such as its name in the server's answer.
    static func folded(_ text: String) -> String {
        let isOfName = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            let word = rest.prefix { isOfName($0) == isOfName(first) }
            rest = rest.dropFirst(word.count)
            // Names of sessions are long, and have digits or both cases of letters where words have neither.
            let isName =
                isOfName(first) && word.count >= 16
                && word.contains { $0 < UInt8(ascii: "a") && $0 != UInt8(ascii: "-") }
            out += isName ? Array("…".utf8) : Array(word)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Counts one happening, or several of one kind.
    package mutating func note(_ cause: Cause) {
        let key = Key(place: cause.where, code: cause.code, text: Self.folded(cause.text))
        guard var known = self.causes[key] else {
            if self.causes.count < Self.limit { self.causes[key] = cause } else { self.dropped += cause.count }
            return
        }
        known.count += cause.count
        if (cause.first, cause.agent, cause.text) < (known.first, known.agent, known.text) {
            (known.first, known.agent, known.text) = (cause.first, cause.agent, cause.text)
            known.side = cause.side
        }
        known.last = max(known.last, cause.last)
        self.causes[key] = known
    }

    /// Adds another loop's.
    package mutating func add(_ other: CauseLog) {
        for cause in other.sorted { self.note(cause) }
        self.dropped += other.dropped
    }

    /// All of them, the most frequent first.
    package var sorted: [Cause] {
        self.causes.values.sorted {
            ($1.count, $0.where.rawValue, $0.code, $0.text) < ($0.count, $1.where.rawValue, $1.code, $1.text)
        }
    }

    /// The most frequent ones, as reports show them.
    package func most(_ count: Int = 10) -> [Cause] { Array(self.sorted.prefix(count)) }
}

extension CauseLog: Codable {
    private enum CodingKeys: String, CodingKey { case causes, dropped }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        for cause in try container.decode([Cause].self, forKey: .causes) { self.note(cause) }
        self.dropped += try container.decode(UInt64.self, forKey: .dropped)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.sorted, forKey: .causes)
        try container.encode(self.dropped, forKey: .dropped)
    }
}

extension CauseLog: CustomStringConvertible {
    /// In an order that does not change from one run to the next, as a dictionary's does.
    package var description: String { "\(self.sorted.map(\.line)), \(self.dropped) dropped" }
}
