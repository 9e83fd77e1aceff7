import Signaling
import Testing

struct SplitMix64Tests {
    @Test func `the published test vectors come out`() {
        var random = SplitMix64(seed: 1_234_567)
        let drawn = (0..<5).map { _ in random.next() }
        #expect(
            drawn == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test(arguments: [1, 2, 3, 7, 10, 1000, 1 << 40]) func `numbers below a bound stay below it`(bound: Int) {
        var random = SplitMix64(seed: 5)
        for _ in 0..<1000 {
            let drawn = random.uniform(below: bound)
            #expect((0..<bound).contains(drawn))
        }
    }

    @Test func `numbers below six come about equally often`() {
        var random = SplitMix64(seed: 11)
        var counts = [0, 0, 0, 0, 0, 0]
        for _ in 0..<60_000 { counts[random.uniform(below: 6)] += 1 }
        #expect(counts.allSatisfy { (9_500...10_500).contains($0) }, "\(counts)")
    }

    @Test func `a bound beyond half the range rejects rather than favours`() {
        var random = SplitMix64(seed: 3)
        let bound = UInt64.max / 3 * 2
        let low = (0..<9_000).count { _ in random.uniform(below: bound) < bound / 2 }
        #expect((4_200...4_800).contains(low), "\(low)")
    }

    @Test func `unit numbers lie in the half-open unit interval`() {
        var random = SplitMix64(seed: 17)
        var sum = 0.0
        for _ in 0..<10_000 {
            let drawn = random.unit()
            #expect(drawn >= 0 && drawn < 1)
            sum += drawn
        }
        #expect((4_800.0...5_200.0).contains(sum))
    }

    @Test func `a shuffle keeps the elements and reaches every order`() {
        var random = SplitMix64(seed: 23)
        var orders: Set<[Int]> = []
        for _ in 0..<200 {
            var elements = [0, 1, 2]
            random.shuffle(&elements)
            #expect(elements.sorted() == [0, 1, 2])
            orders.insert(elements)
        }
        #expect(orders.count == 6)
    }

    @Test func `mixing depends on both numbers and their order`() {
        var seen: Set<UInt64> = []
        for a in 0..<40 as Range<UInt64> { for b in 0..<40 as Range<UInt64> { seen.insert(SplitMix64.mix(a, b)) } }
        #expect(seen.count == 1600)
        #expect(SplitMix64.mix(1, 2) == SplitMix64.mix(1, 2))
    }
}
