import Signaling
import Testing

@testable import Measure

struct HistogramDecodingTests {
    @Test(arguments: [0, 1, 2, 3000], [51, 52] as [UInt64])
    func `counts come back from their own text`(count: Int, seed: UInt64) throws {
        let delta = LatencySamples(count: count, seed: seed).histogram.delta
        let back = try #require(HistogramDelta(base64: delta.base64), "seed \(seed)")
        #expect(back.entries == delta.entries && back.count == delta.count, "seed \(seed)")
        #expect(back.percentileText() == delta.percentileText())
        #expect(back.min <= delta.min && back.max >= delta.max)
        #expect(back.base64 == delta.base64)
    }

    @Test func `no change of a byte goes unnoticed or traps`() throws {
        let bytes = LatencySamples(count: 40, seed: 7).histogram.encodedV2()
        var random = SplitMix64(seed: 8)
        for position in bytes.indices {
            var broken = bytes
            broken[position] ^= UInt8(1 + random.uniform(below: 255))
            #expect(HistogramDelta(base64: Base64.encode(broken)) == nil, "seed 8, byte \(position)")
            #expect(HistogramDelta(base64: Base64.encode(Array(bytes[..<position]))) == nil, "cut at \(position)")
        }
    }

    @Test(
        arguments: [
            "", "HIST", "not base64!!", "HISTFAAA",
            // Deflated by hdrh 0.10.8 of PyPI: a valid histogram, but not a stored stream.
            "HISTFAAAAD54nJNpmSzMwMAgxwABzFDaAch0M9ixgMH+A0TgoB/TX36m1RxM59mZDrMwPWUGoefMTOeZmD4yMgEAd3MNpA==",
        ])
    func `other text is refused`(text: String) {
        #expect(HistogramDelta(base64: text) == nil)
    }

    @Test func `a crafted payload with absurd runs is refused`() {
        let most = Int64(HistogramDelta.mostSamples)
        for numbers in [
            [Int64.min], [-20_000, -20_000, 5], [Int64.max, Int64.max, Int64.max], [Int64.max], [most, 1],
        ] {
            var payload = Array(HistogramDelta().encodedV2().prefix(40))
            var counts = ByteWriter()
            for number in numbers { counts.zigZag(number) }
            payload[7] = UInt8(counts.bytes.count)
            payload += counts.bytes
            let stream = StoredZlib.wrap(payload)
            var out = ByteWriter()
            out.bigEndian(HistogramDelta.compressedCookie)
            out.bigEndian(UInt32(stream.count))
            out.bytes(stream)
            #expect(HistogramDelta(base64: Base64.encode(out.bytes)) == nil, "\(numbers)")
        }
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 100])
    func `base64 comes back for every length`(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 251) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test(arguments: ["A", "AB", "ABC", "A===", "====", "AB=C", "AB C", "AÄB="])
    func `text that is no base64 is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
