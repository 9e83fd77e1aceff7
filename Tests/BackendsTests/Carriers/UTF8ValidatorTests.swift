import Backends
import Signaling
import Testing

@Suite struct UTF8ValidatorTests {
    private func isValid(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { UTF8Validator.isValid($0) } }

    @Test func `it agrees with the standard library on every sequence of three bytes that begins a character`() {
        // Bytes around every bound that RFC 3629 section 4 draws.
        let bytes: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
            0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        for a in bytes {
            for b in bytes {
                for c in bytes {
                    for d in [nil, 0x41, 0x80, 0xBF] as [UInt8?] {
                        let text = [a, b, c] + (d.map { [$0] } ?? [])
                        #expect(self.isValid(text) == (String(validating: text, as: UTF8.self) != nil), "\(text)")
                    }
                }
            }
        }
    }

    @Test func `one wrong byte is found wherever it stands in text of any length`() {
        for count in 1..<140 {
            var text = [UInt8](repeating: 0x61, count: count)
            #expect(self.isValid(text))
            for place in 0..<count {
                text[place] = 0x80
                #expect(!self.isValid(text), "byte \(place) of \(count)")
                text[place] = 0x61
            }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it judges the same however the text is cut`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            var text = Array("plain ascii that is long enough, über, 日本語, 👩‍👩‍👧 ".utf8)
            if generator.uniform(below: 2) == 0 {
                text[generator.uniform(below: text.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            let cut = generator.uniform(below: text.count + 1)
            var validator = UTF8Validator()
            let pieces =
                text[..<cut].withUnsafeBytes { validator.consume($0) }
                && text[cut...].withUnsafeBytes { validator.consume($0) } && validator.isComplete
            #expect(pieces == (String(validating: text, as: UTF8.self) != nil), "seed \(seed), cut \(cut), \(text)")
        }
    }
}
