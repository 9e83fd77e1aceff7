import Testing

@testable import Signaling

/// The envelope scanner, which stops early, and the walker, which reads all, keep one policy on the same texts.
struct JSONPolicyTests {
    /// What the walker makes of a signal; nil when it refuses the text.
    private func walked(_ json: [UInt8]) -> [String: [UInt8]]? {
        json.withUnsafeBytes { text in
            var walker = JSONWalker(text)
            guard (try? walker.enterObject()) != nil else { return nil }
            var found: [String: [UInt8]] = [:]
            do throws(JSONError) {
                while let member = try walker.next() {
                    guard let key = JSONText.unescape(member.key, in: text) else { continue }
                    let name = String(decoding: key, as: UTF8.self)
                    if found[name] == nil { found[name] = Array(text[member.value.range]) }
                }
                try walker.finish()
            } catch {
                return nil
            }
            return found
        }
    }

    /// The text of a field, with the quotes of a string.
    private func text(_ field: Envelope.Field, in json: [UInt8]) -> [UInt8]? {
        switch field.presence {
        case .absent: nil
        case .string, .escapedString, .empty: Array(json[field.range.lowerBound - 1..<field.range.upperBound + 1])
        case .falsy, .other: Array(json[field.range])
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `what the walker accepts the scanner reads alike`(seed: UInt64) {
        var generator = JSONGenerator(seed: seed)
        var accepted = 0
        for round in 0..<4_000 {
            let json = generator.object()
            guard let members = self.walked(json) else { continue }
            accepted += 1
            let envelope = json.scanned()
            #expect(envelope.isObject && !envelope.isMalformed, "seed \(seed), round \(round)")
            for (name, field) in [
                ("type", envelope.type), ("from", envelope.from), ("sendto", envelope.sendto), ("tag", envelope.tag),
            ] {
                #expect(self.text(field, in: json) == members[name], "seed \(seed), round \(round), \(name)")
            }
        }
        #expect(accepted > 1_000)
    }

    @Test(arguments: [(127, true), (128, true), (129, false), (10_000, false)])
    func `both follow the same levels of nesting`(depth: Int, isFollowed: Bool) {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let inner = open == "[" ? "" : "1"
            let nested = String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
            let json = #"{"x":\#(nested),"type":"call"}"#.bytes
            #expect((self.walked(json) != nil) == isFollowed)
            #expect(json.scanned().isMalformed != isFollowed)
            #expect((json.scanned().kind == .call) == isFollowed)
        }
    }

    @Test func `of a key that comes twice both take the first`() {
        let json = #"{"type":"call","t\u0079pe":"bye","from":"a","from":"b"}"#.bytes
        #expect(self.walked(json)?["type"] == #""call""#.bytes)
        #expect(self.walked(json)?["from"] == #""a""#.bytes)
        #expect(json.scanned().kind == .call)
        #expect(self.text(json.scanned().from, in: json) == #""a""#.bytes)
    }

    @Test(arguments: [#"\ud800"#, #"\udc00\ud800"#, #"\x"#, #"\u12"#, #"\u12G4"#, "\n", "\u{1}"])
    func `a bad escape is no text to anybody`(content: String) {
        let json = #"{"from":"\#(content)","type":"call"}"#.bytes
        var out: [UInt8] = []
        #expect(!BodyReader.string("from", in: json.span.bytes, into: &out))
        let range = 9..<9 + content.utf8.count
        #expect(json.withUnsafeBytes { JSONText.unescape(range, in: $0) } == nil)
    }

    @Test func `eight bytes at a step find what one at a step finds`() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<2_000 {
            let text = (0..<random.uniform(below: 40)).map { _ in UInt8(random.uniform(below: 2)) }
            let wanted = (0..<random.uniform(below: 20)).map { _ in UInt8(random.uniform(below: 2)) }
            for offset in -1...text.count + 1 {
                let isThere = offset >= 0 && offset <= text.count && text[offset...].starts(with: wanted)
                #expect(text.span.bytes.has(wanted, at: offset) == isThere)
            }
        }
    }
}
