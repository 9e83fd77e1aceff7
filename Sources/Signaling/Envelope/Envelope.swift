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
