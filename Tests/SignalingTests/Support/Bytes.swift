import Signaling

extension [UInt8] {
    init(_ text: StaticString) { self = text.withUTF8Buffer { Array($0) } }

    var text: String { String(decoding: self, as: UTF8.self) }

    func scanned() -> Envelope { EnvelopeScanner.scan(self.span.bytes) }

    func verdict(for id: [UInt8]) -> FilterVerdict { Filter.apply(self.scanned(), in: self.span.bytes, selfID: id) }

    func digest(of kind: SignalKind) -> UInt32? {
        var scratch: [UInt8] = []
        return BodyReader.digest(of: kind, in: self.span.bytes, scratch: &scratch)
    }

    func parsedTag() -> Signaling.Tag? { Signaling.Tag.parse(self.span.bytes) }

    /// The unescaped content of a field, nil when it is no string or its escapes are wrong.
    func unescaped(_ field: Envelope.Field, of envelope: Envelope) -> [UInt8]? {
        var out: [UInt8] = []
        return envelope.append(field, in: self.span.bytes, to: &out) ? out : nil
    }

    func matches(_ field: Envelope.Field, of envelope: Envelope, _ id: [UInt8]) -> Bool {
        envelope.matches(field, in: self.span.bytes, id)
    }
}

extension String {
    var bytes: [UInt8] { Array(self.utf8) }
}

/// The digest of fields given as text.
func digest(_ fields: [UInt8]...) -> UInt32 {
    var digest = BodyDigest()
    for (i, field) in fields.enumerated() {
        if i > 0 { digest.separate() }
        digest.combine(field.span.bytes)
    }
    return digest.finalize()
}
