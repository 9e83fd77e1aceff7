/// Finds the envelope of a signal in its bytes, without decoding the signal.
///
/// This runs once per delivery, so it allocates nothing and stops as soon as it knows `type`, `from`, `sendto` and
/// `tag`, which our own templates write first. It finds them anywhere at the top level, in escaped keys too, and of a
/// key that comes twice the first counts, as with Foundation's decoder. On anything that decoder accepts the two agree.
package enum EnvelopeScanner {
    /// The members that make an envelope.
    private enum Key {
        static let type: UInt8 = 1
        static let from: UInt8 = 2
        static let sendto: UInt8 = 4
        static let tag: UInt8 = 8
        static let other: UInt8 = 0
        static let all: UInt8 = 15
    }

    /// Scans one JSON object.
    ///
    /// - Parameter json: the signal's bytes; any bytes will do.
    /// - Returns: what was found before the scan stopped, at the fourth field, at the object's end or at malformed text.
    package static func scan(_ json: RawSpan) -> Envelope {
        var envelope = Envelope()
        var found: UInt8 = 0
        let place = Self.skim(json, &envelope, &found)
        guard found != Key.all else { return envelope }
        var walk = place > 0 ? JSONObjectWalk(behindMemberAt: place) : JSONObjectWalk(json)
        envelope.isObject = walk.isObject
        while found != Key.all, let member = walk.next(in: json) {
            let key = Self.key(member, in: json)
            guard key != Key.other, found & key == 0 else { continue }
            found |= key
            switch key {
            case Key.type:
                envelope.type = member.value
                envelope.kind = Self.kind(member.value, in: json)
            case Key.from: envelope.from = member.value
            case Key.sendto: envelope.sendto = member.value
            default: envelope.tag = member.value
            }
        }
        envelope.isMalformed = walk.isObject && walk.isMalformed
        return envelope
    }

    // MARK: As our templates write it

    /// The beginnings of the members as ``SignalTemplate`` writes them, each as the word of eight bytes that it begins with.
    private enum Written {
        // `{"type":`
        static let type: UInt64 = 0x3A_22_65_70_79_74_22_7B
        // `,"from":`
        static let from: UInt64 = 0x3A_22_6D_6F_72_66_22_2C
        // `,"sendto`, of `,"sendto":`
        static let sendto: UInt64 = 0x6F_74_64_6E_65_73_22_2C
        // `":`, the rest of it
        static let sendtoEnd: UInt32 = 0x3A_22
        // `,"tag":"`
        static let tag: UInt64 = 0x22_3A_22_67_61_74_22_2C
    }

    /// Reads the members that stand at the beginning just as our templates write them.
    ///
    /// That is in their order, without whitespace, each a string that has no escapes and is not empty. Nearly every message is
    /// written so, and its keys cost one comparison each.
    ///
    /// - Returns: the place behind the last member that was read; 0 when there was none.
    @inline(__always)
    private static func skim(_ json: RawSpan, _ envelope: inout Envelope, _ found: inout UInt8) -> Int {
        guard json.byteCount >= 8, json.word(0) == Written.type, let type = Self.plain(json, 8) else { return 0 }
        envelope.isObject = true
        envelope.type = Envelope.Field(presence: .string, range: type)
        envelope.kind = Self.plainKind(type, in: json)
        found = Key.type
        var place = type.upperBound &+ 1
        guard place &+ 8 <= json.byteCount, json.word(place) == Written.from, let from = Self.plain(json, place &+ 8)
        else { return place }
        envelope.from = Envelope.Field(presence: .string, range: from)
        found |= Key.from
        place = from.upperBound &+ 1
        guard place &+ 12 <= json.byteCount else { return place }
        if json.word(place) == Written.sendto, json.half(place &+ 8) & 0xFFFF == Written.sendtoEnd {
            guard let sendto = Self.plain(json, place &+ 10) else { return place }
            envelope.sendto = Envelope.Field(presence: .string, range: sendto)
            found |= Key.sendto
            place = sendto.upperBound &+ 1
            guard place &+ 8 <= json.byteCount else { return place }
        }
        guard json.word(place) == Written.tag, let tag = Self.plain(json, place &+ 7) else { return place }
        envelope.tag = Envelope.Field(presence: .string, range: tag)
        found |= Key.tag
        return tag.upperBound &+ 1
    }

    /// The content of the string that begins at a place; nil when it is empty or has escapes, or when there is none.
    @inline(__always)
    private static func plain(_ json: RawSpan, _ place: Int) -> Range<Int>? {
        guard JSONScan.peek(json, place) == UInt8(ascii: "\"") else { return nil }
        let end = JSONScan.firstQuoteOrBackslash(json, place &+ 1)
        guard end > place &+ 1, JSONScan.peek(json, end) == UInt8(ascii: "\"") else { return nil }
        return Range(uncheckedBounds: (place &+ 1, end))
    }

    // MARK: As anybody writes it

    @inline(__always)
    private static func key(_ member: JSONObjectWalk.Member, in json: RawSpan) -> UInt8 {
        if member.keyIsEscaped { return Self.escapedKey(member.key, in: json) }
        switch member.key.count {
        case 3:
            return Self.packed(json, member.key) == 0x67_6174 ? Key.tag : Key.other
        case 4:
            let key = Self.packed(json, member.key)
            return key == 0x6570_7974 ? Key.type : key == 0x6D6F_7266 ? Key.from : Key.other
        case 6:
            return Self.packed(json, member.key) == 0x6F74_646E_6573 ? Key.sendto : Key.other
        default:
            return Key.other
        }
    }

    @inline(never)
    private static func escapedKey(_ key: Range<Int>, in json: RawSpan) -> UInt8 {
        if JSONText.isEqual(json, key, unescapedTo: "type") { return Key.type }
        if JSONText.isEqual(json, key, unescapedTo: "from") { return Key.from }
        if JSONText.isEqual(json, key, unescapedTo: "sendto") { return Key.sendto }
        return JSONText.isEqual(json, key, unescapedTo: "tag") ? Key.tag : Key.other
    }

    @inline(__always)
    private static func kind(_ type: Envelope.Field, in json: RawSpan) -> SignalKind? {
        switch type.presence {
        case .string: Self.plainKind(type.range, in: json)
        case .escapedString: Self.escapedKind(type.range, in: json)
        case .absent, .empty, .falsy, .other: nil
        }
    }

    /// Each kind's name has a length of its own, so that one comparison decides.
    @inline(__always)
    private static func plainKind(_ type: Range<Int>, in json: RawSpan) -> SignalKind? {
        switch type.count {
        case 3: Self.packed(json, type) == 0x65_7962 ? .bye : nil
        case 4: Self.packed(json, type) == 0x6C6C_6163 ? .call : nil
        case 5: Self.packed(json, type) == 0x72_6566_666F ? .offer : nil
        case 6: Self.packed(json, type) == 0x7265_7773_6E61 ? .answer : nil
        case 7: Self.packed(json, type) == 0x72_6574_7461_6863 ? .chatter : nil
        case 8: Self.packed(json, type) == 0x6573_6E6F_7073_6572 ? .response : nil
        case 9:
            json.word(type.lowerBound) == 0x7461_6469_646E_6163
                && json.byte(type.lowerBound &+ 8) == UInt8(ascii: "e") ? .candidate : nil
        default: nil
        }
    }

    @inline(never)
    private static func escapedKind(_ type: Range<Int>, in json: RawSpan) -> SignalKind? {
        if JSONText.isEqual(json, type, unescapedTo: "call") { return .call }
        if JSONText.isEqual(json, type, unescapedTo: "response") { return .response }
        if JSONText.isEqual(json, type, unescapedTo: "offer") { return .offer }
        if JSONText.isEqual(json, type, unescapedTo: "answer") { return .answer }
        if JSONText.isEqual(json, type, unescapedTo: "candidate") { return .candidate }
        if JSONText.isEqual(json, type, unescapedTo: "bye") { return .bye }
        return JSONText.isEqual(json, type, unescapedTo: "chatter") ? .chatter : nil
    }

    /// The bytes of a range of at most eight, the earliest lowest, zeros above; the range must lie in the text.
    @inline(__always)
    private static func packed(_ json: RawSpan, _ range: Range<Int>) -> UInt64 {
        let length = range.count
        if range.lowerBound &+ 8 <= json.byteCount {
            return json.word(range.lowerBound) & (UInt64.max &>> UInt64(64 &- 8 &* length))
        }
        var packed: UInt64 = 0
        for i in 0..<length { packed |= UInt64(json.byte(range.lowerBound &+ i)) &<< UInt64(8 &* i) }
        return packed
    }
}
