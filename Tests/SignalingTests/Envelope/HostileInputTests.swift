import Signaling
import Testing

struct HostileInputTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func `random bytes are survived`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<5000 {
            var json = (0..<random.uniform(below: 80)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            if random.uniform(below: 2) == 0 { json.insert(UInt8(ascii: "{"), at: 0) }
            let envelope = json.scanned()
            for field in [envelope.type, envelope.from, envelope.sendto, envelope.tag] {
                #expect(field.range.lowerBound >= 0 && field.range.upperBound <= json.count, "seed \(seed)")
            }
            _ = json.verdict(for: "me".bytes)
            for kind in SignalKind.allCases { _ = json.digest(of: kind) }
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func `random JSON tokens are survived`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let tokens = [
            "{", "}", "[", "]", ",", ":", #"""#, #"\"#, #""type""#, #""from""#, #""sendto""#, #""tag""#, #""offer""#,
            #"\ud800"#, #"\u"#, "null", "0", "-", "1e", " ", "\u{0}", #""sdp""#, #""a""#,
        ]
        for _ in 0..<5000 {
            var json = "{".bytes
            for _ in 0..<random.uniform(below: 24) { json += tokens[random.uniform(below: tokens.count)].utf8 }
            let envelope = json.scanned()
            for field in [envelope.type, envelope.from, envelope.sendto, envelope.tag] {
                #expect(field.range.upperBound <= json.count, "seed \(seed)")
                _ = json.unescaped(field, of: envelope)
            }
            for kind in SignalKind.allCases { _ = json.digest(of: kind) }
        }
    }

    @Test(arguments: ["[", #"{"a":"#, #"[{"a":"#]) func `nesting ten thousand deep is refused and not recursed into`(
        opening: String
    ) {
        let open = String(repeating: opening, count: 10_000)
        let envelope = #"{"type":"call","x":\#(open)"#.bytes.scanned()
        #expect(envelope.kind == .call)
        #expect(envelope.isMalformed)
    }

    @Test func `nesting to the limit is stepped over`() {
        let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        let json = #"{"x":\#(deep),"type":"call"}"#.bytes
        #expect(json.scanned().kind == .call)
        #expect(ReferenceEnvelope.decode(json)?.disagreement(with: json) == nil)
        #expect(ReferenceEnvelope.decode(json) != nil)
    }

    @Test(arguments: [true, false]) func `a string of a megabyte is stepped over`(escaped: Bool) {
        let long = String(repeating: escaped ? #"\r\n\u00e9"# : "0123456789", count: 100_000)
        let json = #"{"pad":"\#(long)","type":"chatter","from":"\#(long)"}"#.bytes
        let envelope = json.scanned()
        #expect(envelope.kind == .chatter)
        #expect(envelope.from.range.count == long.utf8.count)
        #expect(!envelope.isMalformed)
        #expect(json.digest(of: .chatter) != nil)
        #expect(Array(json.dropLast(2)).digest(of: .chatter) == nil)
    }

    @Test func `a quote is found at every distance and alignment`() {
        for lead in 0..<17 {
            for length in 0..<40 {
                let pad = String(repeating: "p", count: lead)
                let id = String(repeating: "i", count: length)
                let json = #"{"\#(pad)_":"","from":"\#(id)"}"#.bytes
                let envelope = json.scanned()
                #expect(envelope.from.range.count == length)
                #expect(json.matches(envelope.from, of: envelope, id.bytes))
                #expect(!envelope.isMalformed)
            }
        }
    }

    @Test(arguments: [
        #"\ud83d"#, #"\ude00"#, #"\ud83d\ud83d"#, #"\ud83dx"#, #"\ud83d\n"#, #"\u12"#, #"\u12g4"#, #"\q"#, #"\u"#,
    ]) func `an escape that stands for no character matches nothing`(content: String) {
        let json = #"{"from":"\#(content)","sdp":"\#(content)"}"#.bytes
        let envelope = json.scanned()
        #expect(envelope.from.presence == .escapedString)
        #expect(json.unescaped(envelope.from, of: envelope) == nil)
        #expect(!json.matches(envelope.from, of: envelope, content.bytes))
        #expect(!json.matches(envelope.from, of: envelope, "\u{FFFD}".bytes))
        #expect(json.digest(of: .offer) == nil)
    }

    @Test func `a NUL in a string is a byte like any other, outside it is malformed`() {
        let inside: [UInt8] = "{\"from\":\"a".bytes + [0] + "b\",\"type\":\"call\"}".bytes
        let envelope = inside.scanned()
        #expect(envelope.kind == .call)
        #expect(inside.matches(envelope.from, of: envelope, [0x61, 0, 0x62]))
        let outside: [UInt8] = "{\"type\":\"call\"".bytes + [0] + "}".bytes
        #expect(outside.scanned().isMalformed)
    }

    @Test func `ranges of another text do not read outside this one`() {
        let long = #"{"from":"0123456789"}"#.bytes
        let envelope = long.scanned()
        #expect(!"{}".bytes.matches(envelope.from, of: envelope, "0123456789".bytes))
    }
}
