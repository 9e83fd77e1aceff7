import Foundation
import Signaling
import Testing

struct BodyReaderTests {
    private static let sdp = "v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=\"é/😀\"\t\\\r\na=ice-ufrag:x9+/\r\n"

    @Test(arguments: [SignalKind.offer, .answer]) func `an SDP's digest is that of its unescaped text`(kind: SignalKind)
    {
        var json = #"{"type":"offer","sdp":""#.bytes
        JSONText.appendEscaped(Self.sdp.utf8, to: &json)
        json += #""}"#.utf8
        #expect(json.digest(of: kind) == digest(Self.sdp.bytes))
    }

    @Test func `a candidate's digest takes its three fields in the design's order`() {
        let expected = digest("candidate:1 1 udp".bytes, "audio".bytes, "1".bytes)
        let inOrder = #"{"candidate":"candidate:1 1 udp","sdpMid":"audio","sdpMLineIndex":1}"#.bytes
        let shuffled =
            #"{"sdpMLineIndex": 1 ,"type":"candidate","sdpMid":"\u0061udio","candidate":"candidate:1 1 udp"}"#.bytes
        #expect(inOrder.digest(of: .candidate) == expected)
        #expect(shuffled.digest(of: .candidate) == expected)
    }

    @Test func `chatter's digest is that of its pad`() {
        #expect(#"{"type":"chatter","pad":"xyz"}"#.bytes.digest(of: .chatter) == digest("xyz".bytes))
        #expect(#"{"type":"chatter","pad":""}"#.bytes.digest(of: .chatter) == digest([]))
    }

    @Test(arguments: [SignalKind.call, .response, .bye]) func `kinds without a body have the digest of nothing`(
        kind: SignalKind
    ) {
        #expect(#"{"type":"call","from":"a","sdp":"ignored"}"#.bytes.digest(of: kind) == BodyDigest().finalize())
        #expect(#"{"type":"call","from":"a""#.bytes.digest(of: kind) == nil)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>) func `other escapes, spacing and order leave the digest alone`(
        seed: UInt64
    ) {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<300 {
            let fields = (generator.text(upTo: 40), generator.text(upTo: 5), generator.random.uniform(below: 30))
            let expected = digest(fields.0.bytes, fields.1.bytes, "\(fields.2)".bytes)
            var members = [
                generator.string("candidate") + ":".bytes + generator.string(fields.0, escaping: 3),
                generator.string("sdpMid") + " : ".bytes + generator.string(fields.1, escaping: 3),
                generator.string("sdpMLineIndex") + ":".bytes + "\(fields.2)".bytes,
                generator.string("x") + ":".bytes + #"[{"candidate":"decoy"}]"#.bytes,
            ]
            generator.random.shuffle(&members)
            let json = "{".bytes + members.joined(separator: " ,\n".utf8) + "}\n".bytes
            #expect(json.digest(of: .candidate) == expected, "seed \(seed): \(json.text)")
        }
    }

    @Test func `a body re-serialised by Foundation keeps its digest`() throws {
        let object: [String: Any] = ["type": "offer", "sdp": Self.sdp, "from": "a", "extra": [1, 2, ["sdp": "decoy"]]]
        for options in [[], .prettyPrinted, .sortedKeys, .withoutEscapingSlashes] as [JSONSerialization.WritingOptions]
        {
            let json = [UInt8](try JSONSerialization.data(withJSONObject: object, options: options))
            #expect(json.digest(of: .offer) == digest(Self.sdp.bytes))
        }
    }

    @Test func `every changed, lost or added byte of an SDP shows`() {
        let good = digest(Self.sdp.bytes)
        func reread(_ text: [UInt8]) -> UInt32? {
            var json = #"{"sdp":""#.bytes
            JSONText.appendEscaped(text, to: &json)
            json += #""}"#.utf8
            return json.digest(of: .offer)
        }
        let bytes = Self.sdp.bytes
        #expect(reread(bytes) == good)
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x01
            #expect(reread(changed) != good, "changed at \(place)")
            var lost = bytes
            lost.remove(at: place)
            #expect(reread(lost) != good, "lost at \(place)")
        }
        #expect(reread(bytes.dropLast(2)) != good, "the final CRLF stripped")
        #expect(reread(bytes.filter { $0 != 0x0D }) != good, "CRLF made LF")
        #expect(reread(bytes + bytes) != good)
    }

    @Test func `a character that moves from one field into the next shows`() {
        let one = #"{"candidate":"ab","sdpMid":"c","sdpMLineIndex":0}"#.bytes
        let other = #"{"candidate":"a","sdpMid":"bc","sdpMLineIndex":0}"#.bytes
        let third = #"{"candidate":"ab","sdpMid":"","sdpMLineIndex":0}"#.bytes
        #expect(Set([one, other, third].map { $0.digest(of: .candidate) }).count == 3)
    }

    @Test(arguments: [
        (SignalKind.offer, #"{"type":"offer"}"#, "no sdp"),
        (.offer, #"{"sdp":null}"#, "null for a text is not nothing lost, but nothing there"),
        (.offer, #"{"sdp":true}"#, "no string"),
        (.offer, #"{"sdp":{"sdp":"v=0"}}"#, "nested"),
        (.offer, #"{"sdp":"v=0""#, "no end"),
        (.offer, #"{"sdp":"v=0"} x"#, "something behind the end"),
        (.offer, "{\"sdp\":\"v=0\r\n\"}", "bare control characters"),
        (.offer, "[]", "no object"),
        (.candidate, #"{"candidate":"c","sdpMid":"0"}"#, "no index"),
        (.candidate, #"{"candidate":"c","sdpMLineIndex":0}"#, "no mid"),
        (.candidate, #"{"sdpMid":"0","sdpMLineIndex":0}"#, "no candidate"),
        (.candidate, #"{"candidate":"c","sdpMid":"0","sdpMLineIndex":[0]}"#, "an index that is none"),
        (.chatter, #"{"sdp":"v=0"}"#, "no pad"),
    ]) func `a body that is malformed or not there has no digest`(kind: SignalKind, json: String, case: String) {
        #expect(json.bytes.digest(of: kind) == nil, "\(`case`)")
    }

    @Test func `a bare control character is found at every place, and bytes beyond ASCII are none`() {
        for place in 0..<20 {
            for byte in [0, 0x0A, 0x1F] as [UInt8] {
                var text = Array(repeating: UInt8(ascii: "x"), count: 20)
                text[place] = byte
                #expect((#"{"sdp":""#.bytes + text + #""}"#.bytes).digest(of: .offer) == nil)
                text.replaceSubrange(place...place, with: "\u{80}é".utf8)
                #expect((#"{"sdp":""#.bytes + text + #""}"#.bytes).digest(of: .offer) == digest(text))
            }
        }
    }

    @Test func `a candidate without mid or index, as a browser may send it, has a digest`() {
        let json = #"{"candidate":"c","sdpMid":null,"sdpMLineIndex":null}"#.bytes
        #expect(json.digest(of: .candidate) == digest("c".bytes, [], []))
    }

    @Test(
        arguments: [
            (#"{"id":"a\u0062\n","x":1}"#, "ab\n"), (#"{"\u0069d":""}"#, ""), (#"{"id":"1","id":"2"}"#, "1"),
            (#"{"x":{"id":"1"}}"#, nil), (#"{"id":1}"#, nil), (#"{"id":"a"#, nil), (#"{"id":"\ud800"}"#, nil),
        ] as [(String, String?)]) func `a string member is read unescaped`(json: String, expected: String?)
    {
        let bytes = json.bytes
        var out = "kept".bytes
        let found = BodyReader.string("id", in: bytes.span.bytes, into: &out)
        #expect(found == (expected != nil))
        #expect(out.text == "kept" + (expected ?? ""))
    }
}
