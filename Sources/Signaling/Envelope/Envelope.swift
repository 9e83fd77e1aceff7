/// What a receiver must know of a signal before it knows whether to care: kind, sender, addressee and tag.
///
/// The fields are ranges into the bytes that were scanned and mean nothing without them.
package struct Envelope: Sendable {
    /// The kind that `type` names; nil when it is absent, no string, or none of ours.
    package var kind: SignalKind?
    package var type = Field.absent
    package var from = Field.absent
    package var sendto = Field.absent
    package var tag = Field.absent
    /// Whether the bytes begin as a JSON object.
    package var isObject = false
    /// Whether an object turned out not to be JSON; said only of what was read before the scan stopped.
    package var isMalformed = false

    package init() {}

    /// Whether a field is a string of exactly these bytes, once unescaped.
    ///
    /// - Parameters:
    ///   - field: one of this envelope's fields.
    ///   - json: the bytes that were scanned.
    ///   - id: unescaped UTF-8.
    /// - Returns: false for any other string, and for a value that is no string.
    package func matches(_ field: Field, in json: RawSpan, _ id: RawSpan) -> Bool {
        switch field.presence {
        case .string:
            JSONScan.equal(json, field.range, id)
        case .escapedString:
            JSONText.isEqual(json, field.range, unescapedTo: id)
        case .empty:
            id.byteCount == 0
        case .absent, .falsy, .other:
            false
        }
    }

    /// Whether a field is a string of exactly these bytes, once unescaped.
    ///
    /// - Parameters:
    ///   - field: one of this envelope's fields.
    ///   - json: the bytes that were scanned.
    ///   - id: unescaped UTF-8.
    /// - Returns: false for any other string, and for a value that is no string.
    package func matches(_ field: Field, in json: RawSpan, _ id: [UInt8]) -> Bool {
        self.matches(field, in: json, id.span.bytes)
    }

    /// Appends the unescaped bytes of a string field; an id to remember, for instance.
    ///
    /// - Returns: whether the field is a string with valid escapes; otherwise `out` is as it was.
    package func append(_ field: Field, in json: RawSpan, to out: inout [UInt8]) -> Bool {
        switch field.presence {
        case .string, .escapedString, .empty:
            JSONText.appendUnescaped(json, field.range, to: &out)
        case .absent, .falsy, .other:
            false
        }
    }

    /// The tag, when the field holds one in exactly our form.
    package func parsedTag(in json: RawSpan) -> Tag? {
        guard self.tag.presence == .string else { return nil }
        return Tag.parse(json.extracting(self.tag.range))
    }
}

extension Envelope {
    /// One top-level member of a signal.
    package struct Field: Hashable, Sendable {
        package var presence: Presence
        /// The value's bytes in what was scanned: a string's without its quotes, any other value's as it stands.
        package var range: Range<Int>

        package init(presence: Presence, range: Range<Int>) {
            self.presence = presence
            self.range = range
        }

        package static let absent = Field(presence: .absent, range: 0..<0)
    }

    /// What kind of value a member has, as far as the filter cares.
    package enum Presence: UInt8, Sendable {
        /// No such member.
        case absent
        /// A string without escapes.
        case string
        /// A string with at least one escape.
        case escapedString
        /// The empty string.
        case empty
        /// `null`, `false` or zero, which the published client's `if (target)` takes for nothing.
        case falsy
        /// Any other value.
        case other
    }
}

/// The `type` of a signaling message.
///
/// The first six are the seed's; ``chatter`` is our room-wide probe for fan-out latency, and no machine reacts to it.
package enum SignalKind: UInt8, CaseIterable, Sendable, Codable {
    /// To everyone: "I am here, who wants to talk?"
    case call
    /// To one: "call me".
    case response
    /// To one: an SDP offer.
    case offer
    /// To one: an SDP answer.
    case answer
    /// To one: one trickled ICE candidate (RFC 8838).
    case candidate
    /// To everyone: hang-up.
    case bye
    /// To everyone: a probe of ours.
    case chatter

    /// The value of `type` on the wire.
    package var name: String {
        switch self {
        case .call: "call"
        case .response: "response"
        case .offer: "offer"
        case .answer: "answer"
        case .candidate: "candidate"
        case .bye: "bye"
        case .chatter: "chatter"
        }
    }

    /// Whether a message of this kind carries `sendto`.
    package var isDirected: Bool {
        switch self {
        case .response, .offer, .answer, .candidate: true
        case .call, .bye, .chatter: false
        }
    }
}
