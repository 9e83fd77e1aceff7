import Signaling
import Testing

struct BodyDigestTests {
    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func `how a field is cut into chunks does not matter`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for length in 0..<70 {
            let field = Self.bytes(length, seed: seed &+ UInt64(length))
            let whole = digest(field)
            var cut = BodyDigest()
            var rest = field[...]
            while !rest.isEmpty {
                let chunk = Array(rest.prefix(1 + random.uniform(below: 11)))
                cut.combine(chunk.span.bytes)
                rest = rest.dropFirst(chunk.count)
            }
            #expect(cut.finalize() == whole, "seed \(seed), length \(length)")
        }
    }

    @Test func `every single changed bit shows`() {
        for length in [1, 7, 8, 9, 40, 203] {
            let field = Self.bytes(length, seed: UInt64(length))
            let whole = digest(field)
            for bit in 0..<length * 8 {
                var changed = field
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(digest(changed) != whole, "bit \(bit) of \(length) bytes")
            }
        }
    }

    @Test func `swapped words, lost tails and added NULs show`() {
        let field = Self.bytes(64, seed: 1)
        #expect(digest(Array(field[8..<16] + field[0..<8] + field[16...])) != digest(field))
        for length in 0..<64 { #expect(digest(Array(field.prefix(length))) != digest(field)) }
        for zeros in 1...17 { #expect(digest(field + Array(repeating: 0, count: zeros)) != digest(field)) }
    }

    @Test func `a byte that moves into the next field shows`() {
        let text = "candidate:1 1 udp 0 0".bytes
        var seen: Set<UInt32> = []
        for cut in 0...text.count { seen.insert(digest(Array(text[..<cut]), Array(text[cut...]))) }
        seen.insert(digest(text))
        seen.insert(digest(text, [], []))
        #expect(seen.count == text.count + 3)
    }

    @Test func `the digest stays what it was when it was published`() {
        #expect(digest() == BodyDigest().finalize())
        // Golden: both ends of one run compute it, and so may a later version that reads an older log.
        #expect(String(digest(), radix: 16) == "493de648")
        #expect(String(digest("v=0\r\n".bytes), radix: 16) == "1ff795")
        #expect(String(digest("candidate:1".bytes, "0".bytes, "0".bytes), radix: 16) == "d13360a3")
    }
}
