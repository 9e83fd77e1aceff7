import Foundation
import Testing

@testable import Signaling

@Suite struct JSONWalkerTests {
    /// Whether the walker takes the text as one JSON value.
    private func isValid(_ text: [UInt8]) -> Bool {
        text.withUnsafeBytes { bytes in
            var walker = JSONWalker(bytes)
            return (try? walker.value()) != nil && (try? walker.finish()) != nil
        }
    }

    @Test(arguments: [
        "{}", "[]", "null", " true ", "false\n", "0", "-0", "1", "-12.5e+3", "1E0", "0.1", #""""#,
        #""\"\\\/\b\f\n\r\t\u00e9""#,
        #"{"a":{"b":[1,2,{"c":[]}]},"d":"e"}"#, "[[[[[[[[]]]]]]]]", #"{"":0,"":1}"#, "\"\u{7f}\u{2028}\"", "[ 1 , 2 ]",
        #""a long string without anything to stop at, and then é""#,
    ])
    func `it takes what RFC 8259 allows`(text: String) { #expect(self.isValid(Array(text.utf8)), "\(text)") }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "{]", "[}", "{,}", "[,]", "[1,]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#,
        "01", "-",
        "+1", ".5", "1.", "1e", "1e+", "nul", "True", "nulll", #"""#, #""\""#, #""\x""#, #""\u12""#, #""\u12G4""#,
        "\"\n\"",
        "\"\u{1}\"", "1 2", "{} {}", #"{"a":1 "b":2}"#, #"{"a" 1}"#, "[1 2]", #"["a":1]"#, "0x10", "NaN", "'a'",
        "\u{feff}{}",
        #"{1:2}"#, #"{"a":[1,{"b":]}"#,
    ])
    func `it refuses what RFC 8259 does not allow`(text: String) { #expect(!self.isValid(Array(text.utf8)), "\(text)") }

    @Test func `it follows 128 levels of nesting and no more, without recursion`() {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let inner = open == "[" ? "" : "1"
            func nested(_ depth: Int) -> [UInt8] {
                Array((String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)).utf8)
            }
            #expect(self.isValid(nested(32)))
            #expect(self.isValid(nested(128)))
            #expect(!self.isValid(nested(130)))
            #expect(!self.isValid(nested(1_000_000)))
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `on broken text it agrees with Foundation's parser`(seed: UInt64) async {
        var generator = SplitMix64(seed: seed)
        let whole = Array(
            #"{"op":"message","room":"r\u00e4 ","data":{"n":[1,-2.5,true,null,{"x":""}],"s":"a\\b\"c/d"}}"#.utf8)
        let alphabet = Array(#"{}[]",:\u0e+-.truefalsn 19"#.utf8)
        for round in 0..<10_000 {
            // Lets the tests that wait for sockets run in between.
            if round % 500 == 0 { await Task.yield() }
            var text = whole
            for _ in 0..<1 + generator.uniform(below: 2) {
                let i = generator.uniform(below: text.count)
                switch generator.uniform(below: 3) {
                case 0: text.remove(at: i)
                case 1: text.insert(alphabet[generator.uniform(below: alphabet.count)], at: i)
                default: text[i] = alphabet[generator.uniform(below: alphabet.count)]
                }
            }
            // Foundation forgives a comma before a closing bracket; the table above covers it.
            let dense = text.filter { $0 != 0x20 }
            guard !zip(dense, dense.dropFirst()).contains(where: { $0 == 0x2C && ($1 == 0x7D || $1 == 0x5D) }) else {
                continue
            }
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(text), options: [.fragmentsAllowed])) != nil
            if self.isValid(text) != isJSON {
                Issue.record(
                    "seed \(seed): walker \(!isJSON), Foundation \(isJSON): \(String(decoding: text, as: UTF8.self))")
                return
            }
        }
    }

    @Test func `members come in order, with their keys and values where they stand`() throws {
        let text = Array(#" {"a" : 1 , "\u0062":"x\"y","c":[{}] } "#.utf8)
        try text.withUnsafeBytes { bytes in
            var walker = JSONWalker(bytes)
            try walker.enterObject()
            var found: [String] = []
            while let member = try walker.next() {
                let key = JSONText.unescape(member.key, in: bytes).map { String(decoding: $0, as: UTF8.self) } ?? "?"
                found.append("\(key)=\(String(decoding: bytes[member.value.range], as: UTF8.self))")
            }
            try walker.finish()
            #expect(found == ["a=1", #"b="x\"y""#, "c=[{}]"])
        }
    }

    @Test(
        arguments: [
            (#"plain"#, "plain"), (#"\u00e9\n\/"#, "é\n/"), (#"\ud83d\ude00!"#, "😀!"), (#"\ud83d"#, nil),
            (#"\ude00"#, nil),
            (#"\ud83d\u0041"#, nil), (#"\u0000"#, "\0"),
        ] as [(String, String?)])
    func `escapes are undone, and half a surrogate pair is nothing`(text: String, meant: String?) {
        let bytes = Array(text.utf8)
        let found = bytes.withUnsafeBytes { JSONText.unescape(0..<bytes.count, in: $0) }
        #expect(found == meant.map { Array($0.utf8) })
    }
}
