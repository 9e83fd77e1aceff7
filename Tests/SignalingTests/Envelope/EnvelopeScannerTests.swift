import Signaling
import Testing

struct EnvelopeScannerTests {
    @Test(arguments: SignalKind.allCases) func `what the template writes, the scanner finds`(kind: SignalKind) {
        let tag = TagTests.sample
        var json: [UInt8] = []
        SignalTemplate.append(
            kind: kind, from: PeerID("a\"1"), sendto: kind.isDirected ? PeerID("b2") : nil, tag: tag,
            body: #","sdp":"v=0\r\n""#.bytes, to: &json)
        let envelope = json.scanned()
        #expect(envelope.kind == kind)
        #expect(envelope.isObject && !envelope.isMalformed)
        #expect(json.unescaped(envelope.from, of: envelope) == "a\"1".bytes)
        #expect(json.unescaped(envelope.sendto, of: envelope) == (kind.isDirected ? "b2".bytes : nil))
        #expect(envelope.parsedTag(in: json.span.bytes) == tag)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `what is nearly written as the template writes it is read as anybody's`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for kind in SignalKind.allCases {
            var json: [UInt8] = []
            SignalTemplate.append(
                kind: kind, from: PeerID("socket-17"), sendto: kind.isDirected ? PeerID("b") : nil,
                tag: TagTests.sample, body: #","candidate":{"sdpMid":"0"}"#.bytes, to: &json)
            json.append(UInt8(ascii: "}"))
            for _ in 0..<400 {
                var other = json
                for _ in 0..<Int(random.next() % 3) {
                    let place = Int(random.next() % UInt64(other.count))
                    switch random.next() % 3 {
                    case 0: other[place] = Array(#"\" ,:{}a"#.utf8)[Int(random.next() % 8)]
                    case 1: other.remove(at: place)
                    default: other.insert(UInt8(ascii: "\""), at: place)
                    }
                }
                other.removeLast(Int(random.next() % UInt64(other.count)))
                // A space before the brace leads past what knows the template.
                let there = other.scanned()
                let here = ([UInt8(ascii: " ")] + other).scanned()
                #expect(there.kind == here.kind && there.isObject == here.isObject)
                #expect(there.isMalformed == here.isMalformed, "\(String(decoding: other, as: UTF8.self))")
                for field in [\Envelope.type, \.from, \.sendto, \.tag] {
                    let (a, b) = (there[keyPath: field], here[keyPath: field])
                    #expect(a.presence == b.presence, "\(String(decoding: other, as: UTF8.self))")
                    #expect(a.presence == .absent || a.range == b.range.lowerBound - 1..<b.range.upperBound - 1)
                }
            }
        }
    }

    @Test func `the scan stops as soon as it knows all four`() {
        let json = #"{"type":"offer","from":"a","sendto":"b","tag":"t" garbage"#.bytes
        let envelope = json.scanned()
        #expect(envelope.kind == .offer)
        #expect(!envelope.isMalformed)
    }

    @Test func `without all four it reads on and meets the garbage`() {
        let json = #"{"type":"offer","from":"a","tag":"t" garbage"#.bytes
        let envelope = json.scanned()
        #expect(envelope.kind == .offer)
        #expect(envelope.isMalformed)
    }

    @Test(arguments: [
        (#"{"tag":"t","x":[1,{"from":"no"}],"sendto":"b","type":"answer","from":"a"}"#, "any order, nested decoy"),
        (#" { "type" : "answer" , "from" : "a" , "sendto" : "b" , "tag" : "t" } "#, "whitespace"),
        (#"{"\u0074ype":"answer","fr\u006fm":"a","\u0073endto":"b","ta\u0067":"t"}"#, "escaped keys"),
        (#"{"type":"\u0061nswer","from":"\u0061","sendto":"\u0062","tag":"t"}"#, "escaped values"),
        (#"{"type":"answer","type":"bye","from":"a","from":"z","sendto":"b","sendto":"","tag":"t"}"#, "first of two"),
        (#"{"type":"answer","\u0074ype":"bye","from":"a","sendto":"b","tag":"t"}"#, "first of two spellings"),
        ("\u{FEFF}" + #"{"type":"answer","from":"a","sendto":"b","tag":"t"}"#, "byte order mark"),
        (#"{"q":"\\","type":"answer","from":"a","sendto":"b","tag":"t","r":"\""}"#, "backslash before a quote"),
        (#"{"n":-1.5e-7,"m":true,"type":"answer","o":null,"from":"a","p":{},"sendto":"b","q":[],"tag":"t"}"#, "values"),
    ]) func `an envelope is found in every disguise`(json: String, disguise: String) {
        let bytes = json.bytes
        let envelope = bytes.scanned()
        #expect(envelope.kind == .answer, "\(disguise)")
        #expect(bytes.unescaped(envelope.from, of: envelope) == "a".bytes, "\(disguise)")
        #expect(bytes.unescaped(envelope.sendto, of: envelope) == "b".bytes, "\(disguise)")
        #expect(bytes.unescaped(envelope.tag, of: envelope) == "t".bytes, "\(disguise)")
        #expect(!envelope.isMalformed, "\(disguise)")
    }

    @Test(arguments: [
        (#""b""#, Envelope.Presence.string), (#""\u0062""#, .escapedString), (#""""#, .empty), ("null", .falsy),
        ("false", .falsy), ("0", .falsy), ("-0.0e5", .falsy), ("0E12", .falsy), ("true", .other), ("7", .other),
        ("0.1", .other), ("1e0", .other), ("[]", .other), (#"{"sendto":"b"}"#, .other),
    ]) func `values are told apart as the filter needs it`(value: String, presence: Envelope.Presence) {
        let json = #"{"sendto":\#(value)}"#.bytes
        let envelope = json.scanned()
        #expect(envelope.sendto.presence == presence)
        #expect(!envelope.isMalformed)
        let content = value.hasPrefix("\"") ? String(value.dropFirst().dropLast()) : value
        #expect(Array(json[envelope.sendto.range]).text == content)
    }

    @Test(arguments: ["[]", "null", "7", #""type""#, "", " ", "\u{0}{}", "x", "\u{FEFF}"])
    func `anything but an object holds nothing`(json: String) {
        let envelope = json.bytes.scanned()
        #expect(!envelope.isObject)
        #expect(envelope.kind == nil)
        #expect(envelope.from == .absent)
    }

    @Test(arguments: [
        #"{"type":"call""#, #"{"type":"call","#, #"{"type":"call",}"#, #"{"type":"call"]"#, #"{"type" "call"}"#,
        #"{"type":}"#, #"{"type":"call" "from":"a"}"#, #"{type:"call"}"#, #"{"type":"call"#, #"{"type":nul}"#,
        #"{"x":[1,2}"#, #"{"x":{"y":1}"#, #"{"x":'y'}"#, "{", #"{,"type":"call"}"#, #"{"x":"\"}"#,
    ]) func `a broken object is called malformed`(json: String) {
        let envelope = json.bytes.scanned()
        #expect(envelope.isObject)
        #expect(envelope.isMalformed)
    }

    @Test(arguments: ["Call", "call ", "cal", "calls", "offe", "candidat", "candidates", "candidatX", "xesponse", ""])
    func `a type that is none of ours is no kind`(name: String) {
        let envelope = #"{"type":"\#(name)","from":"a"}"#.bytes.scanned()
        #expect(envelope.kind == nil)
        #expect(envelope.type.presence == (name.isEmpty ? .empty : .string))
    }
}
