import Signaling
import TestKit
import Testing

@testable import Conformance

struct JSONTreeTests {
    @Test(
        arguments: [
            ("null", JSONTree.null), ("true", .bool(true)), ("-0", .number("-0")), ("1E2", .number("1E2")),
            (#""a\ud800b""#, .string([97, 0xD800, 98])), (#""\/é""#, .string([47, 0xE9])),
            ("[1,[]]", .array([.number("1"), .array([])])),
            (
                #"{"a":1,"a":2}"#,
                .object([.init(key: [97], value: .number("1")), .init(key: [97], value: .number("2"))])
            ),
        ])
    func `a text is read as it is written`(text: String, tree: JSONTree) {
        #expect(JSONTree(text) == tree)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "\"\u{1}\"", "tru", "01x", "1 2", "\"\\u12\"", "nan", "+1", "01", "1.", ".5", "-",
        "1e", #""\u+12f""#,
    ])
    func `what is no JSON is no tree`(text: String) {
        #expect(JSONTree(text) == nil)
    }

    @Test func `depth is bounded`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(JSONTree(nested(JSONWalker.maximumDepth)) != nil)
        #expect(JSONTree(nested(JSONWalker.maximumDepth + 1)) == nil)
    }

    @Test func `saying the same does not depend on order and spelling`() throws {
        let a = try #require(JSONTree(#"{"a":1.0,"b":[1e2,"x"]}"#))
        let b = try #require(JSONTree(#"{"b":[100,"x"],"a":1}"#))
        #expect(a.says(b) && a != b && a.digest == b.digest)
        let c = try #require(JSONTree(#"{"b":[100,"y"],"a":1}"#))
        #expect(!a.says(c) && a.digest != c.digest)
    }

    @Test func `arbitrary bytes never trap`() {
        var random = SystemRandomNumberGenerator()
        let letters = Array(#"{}[]",:\u0123-+.eEtrufalsn "#.utf8) + [0xC3, 0x28, 0xFF]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...24, using: &random)
            _ = JSONTree((0..<count).map { _ in letters.randomElement(using: &random) ?? 0 })
        }
    }
}
