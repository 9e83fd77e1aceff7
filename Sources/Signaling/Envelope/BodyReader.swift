/// Reads the bodies of signals addressed to an agent.
///
/// Unlike ``EnvelopeScanner`` it walks over the whole object, and what is not well-formed up to its closing brace has
/// no body. It is for the few messages an agent keeps, not for the many it overhears.
package enum BodyReader {
    /// The digest of a signal's body, over its unescaped strings.
    ///
    /// - Parameters:
    ///   - kind: decides which members are the body: see ``BodyDigest``.
    ///   - json: exactly the signal.
    ///   - scratch: memory to unescape in; its contents are not kept.
    /// - Returns: nil when the signal is malformed or a member of its body is missing.
    package static func digest(of kind: SignalKind, in json: RawSpan, scratch: inout [UInt8]) -> UInt32? {
        var digest = BodyDigest()
        switch kind {
        case .call, .response, .bye:
            guard Self.members(.none, in: json) != nil else { return nil }
        case .offer, .answer:
            guard let found = Self.members(.sdp, in: json),
                Self.combine(found.first, in: json, into: &digest, &scratch)
            else { return nil }
        case .chatter:
            guard let found = Self.members(.pad, in: json),
                Self.combine(found.first, in: json, into: &digest, &scratch)
            else { return nil }
        case .candidate:
            guard let found = Self.members(.candidate, in: json),
                Self.combine(found.first, in: json, into: &digest, &scratch),
                Self.combineNext(found.second, in: json, into: &digest, &scratch),
                Self.combineNext(found.third, in: json, into: &digest, &scratch)
            else { return nil }
        }
        return digest.finalize()
    }

    /// Appends the unescaped value of a top-level string member.
    ///
    /// - Parameters:
    ///   - key: the member's key, unescaped.
    ///   - json: exactly the object.
    ///   - out: what to append to; as it was unless the result is true.
    /// - Returns: false when the object is malformed, or has no such member, or its value is no string.
    package static func string(_ key: StaticString, in json: RawSpan, into out: inout [UInt8]) -> Bool {
        guard let field = Self.members(Keys(key), in: json)?.first else { return false }
        switch field.presence {
        case .string, .escapedString, .empty: return JSONText.appendUnescaped(json, field.range, to: &out)
        case .absent, .falsy, .other: return false
        }
    }

    /// Up to three keys to look for; an empty one is not looked for.
    private struct Keys {
        var first: StaticString
        var second: StaticString
        var third: StaticString

        init(_ first: StaticString, _ second: StaticString = "", _ third: StaticString = "") {
            self.first = first
            self.second = second
            self.third = third
        }

        static var none: Keys { Keys("") }
        static var sdp: Keys { Keys("sdp") }
        static var pad: Keys { Keys("pad") }
        static var candidate: Keys { Keys("candidate", "sdpMid", "sdpMLineIndex") }
    }

    private struct Members {
        var first = Envelope.Field.absent
        var second = Envelope.Field.absent
        var third = Envelope.Field.absent
    }

    /// The first value of each key; nil when the object is malformed anywhere.
    private static func members(_ keys: Keys, in json: RawSpan) -> Members? {
        var found = Members()
        var walk = JSONObjectWalk(json)
        while let member = walk.next(in: json) {
            if Self.is(member, keys.first, in: json), found.first.presence == .absent {
                found.first = member.value
            } else if Self.is(member, keys.second, in: json), found.second.presence == .absent {
                found.second = member.value
            } else if Self.is(member, keys.third, in: json), found.third.presence == .absent {
                found.third = member.value
            }
        }
        return walk.isComplete(in: json) ? found : nil
    }

    private static func `is`(_ member: JSONObjectWalk.Member, _ key: StaticString, in json: RawSpan) -> Bool {
        guard key.utf8CodeUnitCount > 0, member.keyIsEscaped || member.key.count == key.utf8CodeUnitCount else {
            return false
        }
        return JSONText.isEqual(json, member.key, unescapedTo: key)
    }

    /// Takes a string as a field of the digest.
    private static func combine(
        _ field: Envelope.Field, in json: RawSpan, into digest: inout BodyDigest, _ scratch: inout [UInt8]
    ) -> Bool {
        switch field.presence {
        case .string, .empty:
            // Nothing to unescape, so nothing to copy: chatter is read so at every delivery.
            guard JSONText.isFreeOfControls(json, field.range.lowerBound, field.range.upperBound) else { return false }
            digest.combine(json.extracting(field.range))
            return true
        case .escapedString:
            scratch.removeAll(keepingCapacity: true)
            guard JSONText.appendUnescaped(json, field.range, to: &scratch) else { return false }
            digest.combine(scratch.span.bytes)
            return true
        case .absent, .falsy, .other:
            return false
        }
    }

    /// Takes a string, a number or `null` as the next field of the digest.
    ///
    /// Both `sdpMid` and `sdpMLineIndex` may be null (webrtc-pc §4.8.1.1), which counts as no text.
    private static func combineNext(
        _ field: Envelope.Field, in json: RawSpan, into digest: inout BodyDigest, _ scratch: inout [UInt8]
    ) -> Bool {
        digest.separate()
        switch field.presence {
        case .string, .escapedString, .empty:
            return Self.combine(field, in: json, into: &digest, &scratch)
        case .falsy, .other:
            switch json.byte(field.range.lowerBound) {
            case UInt8(ascii: "n"):
                return true
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                digest.combine(json.extracting(field.range))
                return true
            default:
                return false
            }
        case .absent:
            return false
        }
    }
}
