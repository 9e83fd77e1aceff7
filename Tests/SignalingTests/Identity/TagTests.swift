import Signaling
import Testing

struct TagTests {
    static let sample = Signaling.Tag(
        run: 0xDEAD_BEEF, room: 35, sender: 36, instance: 37, n: 46_655, digest: 0x0000_00FF)

    static func written(_ tag: Signaling.Tag) -> [UInt8] {
        var out: [UInt8] = []
        tag.append(to: &out)
        return out
    }

    @Test func `a tag is written as the design words it`() {
        #expect(Self.written(Self.sample).text == "deadbeef.000z.0010.11.00zzz.000000ff")
        #expect(Self.written(Self.sample).count == Signaling.Tag.length)
    }

    @Test func `writing appends and leaves what was there`() {
        var out = "ab".bytes
        Self.sample.append(to: &out)
        #expect(out.text == "abdeadbeef.000z.0010.11.00zzz.000000ff")
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func `what is written reads back`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let tag = Signaling.Tag(
                run: UInt32(truncatingIfNeeded: random.next()),
                room: UInt32(random.uniform(below: UInt64(Signaling.Tag.roomLimit))),
                sender: UInt32(random.uniform(below: UInt64(Signaling.Tag.senderLimit))),
                instance: UInt16(random.uniform(below: UInt64(Signaling.Tag.instanceLimit))),
                n: UInt32(random.uniform(below: UInt64(Signaling.Tag.numberLimit))),
                digest: UInt32(truncatingIfNeeded: random.next()))
            #expect(Self.written(tag).parsedTag() == tag, "seed \(seed)")
        }
    }

    @Test func `the greatest numbers fit and one more begins again`() {
        var tag = Self.sample
        tag.room = Signaling.Tag.roomLimit - 1
        tag.sender = Signaling.Tag.senderLimit - 1
        tag.instance = Signaling.Tag.instanceLimit - 1
        tag.n = Signaling.Tag.numberLimit - 1
        #expect(Self.written(tag).text == "deadbeef.zzzz.zzzz.zz.zzzzz.000000ff")
        #expect(Self.written(tag).parsedTag() == tag)
        tag.n += 1
        #expect(Self.written(tag).parsedTag()?.n == 0)
    }

    @Test func `every other byte at every place is refused or means another tag`() {
        let good = Self.written(Self.sample)
        for place in good.indices {
            for byte in UInt8.min...UInt8.max where byte != good[place] {
                var bad = good
                bad[place] = byte
                let isHexPlace = place < 8 || place >= 28
                let isDot = good[place] == UInt8(ascii: ".")
                let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                let isLetter = (UInt8(ascii: "a")...UInt8(ascii: isHexPlace ? "f" : "z")).contains(byte)
                let read = bad.parsedTag()
                #expect((read != nil) == (!isDot && (isDigit || isLetter)), "byte \(byte) at \(place)")
                #expect(read != Self.sample)
            }
        }
    }

    @Test(arguments: [0, 1, 8, 35, 37, 72]) func `any other length is refused`(length: Int) {
        let bytes = Array((Self.written(Self.sample) + Self.written(Self.sample)).prefix(length))
        #expect(bytes.parsedTag() == nil)
    }

    @Test func `random bytes are never a tag of theirs`() {
        var random = SplitMix64(seed: 99)
        for _ in 0..<5000 {
            let bytes = (0..<36).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(bytes.parsedTag() == nil)
        }
    }
}
