import Foundation
import Signaling
import Testing

@testable import Measure

struct HistogramEncodingTests {
    @Test(arguments: [1, 2, 50, 3000], [41, 42] as [UInt64])
    func `an independent decoder reads every count back`(count: Int, seed: UInt64) throws {
        let histogram = LatencySamples(count: count, seed: seed).histogram
        let decoded = try HistogramDecoder(base64: histogram.base64)
        #expect(decoded.digits == 3 && decoded.lowest == 64 && decoded.highest == 3_600_000_000_000)
        let expected = Dictionary(
            uniqueKeysWithValues: histogram.delta.entries.map { (Int($0.index), Int64($0.count)) })
        #expect(decoded.counts == expected, "seed \(seed)")
        #expect(decoded.slots == (expected.keys.max() ?? 0) + 1, "written up to the greatest value and no further")
        for index in expected.keys {
            #expect(decoded.lowestValue(at: index) == Int64(BucketLayout.lowestValue(at: index)))
        }
    }

    @Test func `the base64 of other tools begins in the same way`() {
        #expect(LatencyHistogram().base64.hasPrefix("HISTFAAAA"))
    }

    // As ZigZag numbers 7, 9, −2 and −3 are 14, 18, 3 and 5.
    @Test(arguments: [(1, [14, 18]), (2, [14, 0, 18]), (3, [14, 3, 18]), (4, [14, 5, 18])] as [(Int, [UInt8])])
    func `one empty slot is a 0 and a longer run one negative number`(second: Int, bytes: [UInt8]) {
        let delta = HistogramDelta(
            entries: [.init(index: 0, count: 7), .init(index: Int32(second), count: 9)], count: 16, min: 0,
            max: Int64(second * 64))
        #expect(Array(delta.encodedV2().dropFirst(40)) == bytes)
    }

    @Test(
        arguments: [
            (0, [0]), (-1, [1]), (1, [2]), (-64, [127]), (64, [128, 1]), (8191, [254, 127]), (8192, [128, 128, 1]),
            (Int64.max, [254, 255, 255, 255, 255, 255, 255, 255, 255]),
            (Int64.min, [255, 255, 255, 255, 255, 255, 255, 255, 255]),
        ] as [(Int64, [UInt8])])
    func `a count takes at most nine bytes, the ninth all of its bits`(value: Int64, bytes: [UInt8]) {
        var writer = ByteWriter()
        writer.zigZag(value)
        #expect(writer.bytes == bytes)
    }

    @Test(
        arguments: [
            ([], 0x0000_0001), (Array("Wikipedia".utf8), 0x11E6_0398), (Array(repeating: 255, count: 100_000), nil),
        ] as [([UInt8], UInt32?)])
    func `the checksum is Adler's`(data: [UInt8], checksum: UInt32?) {
        var (a, b) = (UInt32(1), UInt32(0))
        for byte in data {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        #expect(StoredZlib.adler32(data) == b << 16 | a)
        if let checksum { #expect(StoredZlib.adler32(data) == checksum) }
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 200_000])
    func `a stream of any length comes back`(length: Int) throws {
        var random = SplitMix64(seed: UInt64(length))
        let data = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let stream = StoredZlib.wrap(data)
        #expect(try HistogramDecoder.inflateStored(stream) == data)
        // The twin: one changed byte is noticed.
        var broken = stream
        broken[broken.count - 1] ^= 1
        #expect(throws: HistogramDecoder.Mistake.self) { try HistogramDecoder.inflateStored(broken) }
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}\u{ff}\u{10ffff}>>>???"])
    func `base64 is that of Foundation`(text: String) {
        #expect(Base64.encode(Array(text.utf8)) == Data(text.utf8).base64EncodedString())
    }
}
