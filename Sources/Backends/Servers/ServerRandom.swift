import Signaling

/// Where the ids that a server gives out come from: the system, or a seed, with which a simulation repeats itself.
struct ServerRandom: RandomNumberGenerator {
    private var seeded: SplitMix64?
    private var system = SystemRandomNumberGenerator()

    init(seed: UInt64?) { self.seeded = seed.map { SplitMix64(seed: $0) } }

    mutating func next() -> UInt64 { self.seeded?.next() ?? self.system.next() }
}
