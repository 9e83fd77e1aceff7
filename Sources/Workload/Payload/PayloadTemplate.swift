import Signaling

/// A body with holes for the fields that differ from agent to agent.
///
/// It is kept twice: as the text itself, over which the digest runs, and escaped as JSON. Generated values never need
/// escaping, so that filling a template is two copies and a few dozen short writes.
struct PayloadTemplate: Sendable {
    /// The unescaped text.
    private(set) var raw: [UInt8] = []
    /// JSON members that hold the text, with the leading comma.
    private(set) var escaped: [UInt8] = []
    private var holes: [Hole] = []
    private var firsts: [PayloadField: Int] = [:]

    private struct Hole: Sendable {
        var field: PayloadField
        /// Where it begins in ``PayloadTemplate/raw``.
        var raw: Int
        /// Where it begins in ``PayloadTemplate/escaped``.
        var escaped: Int
        /// Where the field first occurs in ``PayloadTemplate/raw``; later ones are copies.
        var first: Int
    }

    /// Begins with the JSON in front of the text, up to its opening quote: `,"sdp":"`.
    init(opening: String) { self.escaped.append(contentsOf: opening.utf8) }

    mutating func append(_ text: some StringProtocol) {
        self.raw.append(contentsOf: text.utf8)
        JSONText.appendEscaped(text.utf8, to: &self.escaped)
    }

    mutating func append(_ field: PayloadField) {
        let first = self.firsts[field] ?? self.raw.count
        self.firsts[field] = first
        self.holes.append(Hole(field: field, raw: self.raw.count, escaped: self.escaped.count, first: first))
        let blank = repeatElement(UInt8(ascii: "0"), count: field.width)
        self.raw.append(contentsOf: blank)
        self.escaped.append(contentsOf: blank)
    }

    /// Ends with the JSON behind the text, from its closing quote on.
    mutating func close(with closing: String) { self.escaped.append(contentsOf: closing.utf8) }

    /// Appends the filled JSON members.
    ///
    /// - Parameters:
    ///   - identity: what the fields are filled from.
    ///   - body: what to append to; no other memory is used.
    /// - Returns: the digest so far: over the unescaped text as its first field.
    func fill(_ identity: PayloadIdentity, into body: inout [UInt8]) -> BodyDigest {
        let escapedStart = body.count
        body.append(contentsOf: self.escaped)
        // The unescaped text stands behind it for as long as it takes to digest it.
        let rawStart = body.count
        body.append(contentsOf: self.raw)
        var bytes = body.mutableSpan
        for hole in self.holes {
            if hole.first == hole.raw {
                identity.write(hole.field, at: rawStart + hole.raw, in: &bytes)
            } else {
                for index in 0..<hole.field.width {
                    bytes[rawStart + hole.raw + index] = bytes[rawStart + hole.first + index]
                }
            }
            for index in 0..<hole.field.width {
                bytes[escapedStart + hole.escaped + index] = bytes[rawStart + hole.raw + index]
            }
        }
        var digest = BodyDigest()
        digest.combine(body.span.bytes.extracting(rawStart..<body.count))
        body.removeLast(self.raw.count)
        return digest
    }
}
