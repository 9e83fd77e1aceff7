import Glibc
import Measure
import Signaling
import Testing

/// The controller against systems whose capacity is known.
struct CapacitySearchTests {
    /// Something that carries so much, as seen through noise.
    private struct System {
        var capacity: Double
        /// Of one trial, as a share of the capacity.
        var noise = 0.0
        /// By how much short trials see too much or too little.
        var shortBias = 1.0
        /// Where the generator ends.
        var generator = Double.infinity
        var random: SplitMix64

        mutating func trial(_ load: Double, _ length: CapacityTrial.Length) -> CapacityTrial {
            let gauss = (-2 * log(1 - self.random.unit())).squareRoot() * cos(2 * .pi * self.random.unit())
            if load > self.generator {
                return CapacityTrial(load: load, length: length, outcome: .limited, limit: "generator CPU")
            }
            let seen = self.capacity * exp(self.noise * gauss) * (length == .short ? self.shortBias : 1)
            return CapacityTrial(
                load: load, length: length, outcome: load <= seen ? .pass : .fail,
                missed: load <= seen ? [] : ["fanout.latency.p99 < 50ms"])
        }

        mutating func search(_ settings: CapacitySearch.Settings) -> (answer: CapacityAnswer, trials: [CapacityTrial]) {
            var search = CapacitySearch(settings)
            while true {
                switch search.next {
                case .trial(let load, let length): search.record(self.trial(load, length))
                case .done(let answer): return (answer, search.trials)
                }
            }
        }
    }

    private static func settings(isWhole: Bool = false, most: Double = 1e6) -> CapacitySearch.Settings {
        CapacitySearch.Settings(start: 50, least: 1, most: most, isWhole: isWhole)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `without noise, the capacity of a thousand systems lies in the bracket`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for number in 0..<1_000 {
            let isWhole = number.isMultiple(of: 2)
            let capacity = 2 * pow(10, 4 * random.unit())
            var system = System(capacity: capacity, shortBias: 0.8 + 0.4 * random.unit(), random: random)
            if number.isMultiple(of: 3) { system.shortBias = 1 }
            let (answer, trials) = system.search(Self.settings(isWhole: isWhole))
            #expect(answer.kind == .bracket, "\(capacity): \(answer)")
            let lower = try #require(answer.lower)
            let upper = try #require(answer.upper)
            #expect(lower <= capacity && capacity < upper, "seed \(seed), \(capacity): \(answer)")
            #expect(upper <= lower * 1.05001 || isWhole && upper - lower <= 1, "\(capacity): \(answer)")
            #expect(trials.count(where: { $0.load == lower && $0.length == .full && $0.outcome == .pass }) >= 2)
            #expect(trials.count(where: { $0.load == upper && $0.length == .full && $0.outcome == .fail }) >= 2)
            #expect(trials.count < 60, "\(capacity): \(trials.map(\.load))")
        }
    }

    @Test func `with noise, a thousand searches end, and nearly all brackets are about the capacity`() throws {
        var random = SplitMix64(seed: 7)
        var near = 0
        for _ in 0..<1_000 {
            let capacity = 2 * pow(10, 4 * random.unit())
            var system = System(
                capacity: capacity, noise: 0.03, shortBias: 0.9 + 0.2 * random.unit(),
                random: SplitMix64(seed: random.next()))
            let (answer, trials) = system.search(Self.settings())
            #expect(trials.count <= 100)
            #expect(answer.kind == .bracket, "\(capacity): \(answer)")
            let (lower, upper) = (try #require(answer.lower), try #require(answer.upper))
            // Two standard deviations of one trial beyond the bracket.
            if lower <= capacity * 1.06, upper >= capacity * 0.94 { near += 1 }
        }
        #expect(near >= 950, "\(near)")
    }

    @Test func `where the generator ends first, the answer is at least, never equal`() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<300 {
            let generator = 2 * pow(10, 3 * random.unit())
            var system = System(capacity: generator * 2, generator: generator, random: random)
            let (answer, _) = system.search(Self.settings(isWhole: true))
            #expect(answer.kind == .atLeast)
            #expect(answer.upper == nil)
            #expect(answer.limit == "generator CPU")
            let lower = try #require(answer.lower)
            #expect(lower <= generator && lower >= (generator / 1.05).rounded(.down) - 1, "\(generator): \(answer)")
            _ = random.next()
        }
    }

    @Test(arguments: [
        (0.5, CapacityAnswer.Kind.below, nil as Double?, 1.0 as Double?),
        (1e7, .atLeast, 1_000, nil), (1_000, .atLeast, 1_000, nil),
    ])
    func `a capacity beyond the allowed loads is said to be there`(
        capacity: Double, kind: CapacityAnswer.Kind, lower: Double?, upper: Double?
    ) {
        var system = System(capacity: capacity, random: SplitMix64(seed: 1))
        let (answer, _) = system.search(Self.settings(isWhole: true, most: 1_000))
        #expect(answer.kind == kind)
        #expect(answer.lower == lower)
        #expect(answer.upper == upper)
    }

    @Test func `a generator that ends below the least load leaves nothing to say`() {
        var system = System(capacity: 10, generator: 0.5, random: SplitMix64(seed: 1))
        #expect(system.search(Self.settings()).answer.kind == .unknown)
    }

    @Test func `one trial that was limited is tried again, and does not end the search`() {
        var search = CapacitySearch(Self.settings())
        search.record(CapacityTrial(load: 50, length: .short, outcome: .limited, limit: "loop lag"))
        #expect(search.next == .trial(load: 50, length: .short))
        search.record(CapacityTrial(load: 50, length: .short, outcome: .pass))
        #expect(search.next == .trial(load: 100, length: .short))
    }

    @Test func `a search goes on from its trials as if nothing had been`() {
        var system = System(capacity: 137, noise: 0.02, random: SplitMix64(seed: 5))
        let (answer, trials) = system.search(Self.settings())
        for count in trials.indices {
            let search = CapacitySearch(Self.settings(), trials: Array(trials[..<count]))
            #expect(search.next == .trial(load: trials[count].load, length: trials[count].length))
        }
        #expect(CapacitySearch(Self.settings(), trials: trials).next == .done(answer))
    }

    @Test func `a search that never settles ends unfinished, with what it knows`() {
        var settings = Self.settings()
        settings.mostTrials = 4
        var system = System(capacity: 70, random: SplitMix64(seed: 1))
        let (answer, trials) = system.search(settings)
        #expect(trials.count == 4)
        #expect(answer.kind == .unfinished)
        #expect(answer.upper != nil)
    }

    @Test func `what was missed at the upper end is named`() {
        var system = System(capacity: 70, random: SplitMix64(seed: 1))
        #expect(system.search(Self.settings()).answer.missed == ["fanout.latency.p99 < 50ms"])
    }
}
