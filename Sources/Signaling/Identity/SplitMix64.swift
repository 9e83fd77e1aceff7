/// A small, fast, seedable generator: Steele, Lea and Flood's SplitMix64.
///
/// The same seed gives the same numbers on every machine and in every release of ours, which the plan digest rests on;
/// the helpers below therefore do not go through the standard library's `random(in:)`, whose method may change.
/// It is no source of secrets.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    @usableFromInline
    var state: UInt64

    @inlinable
    package init(seed: UInt64) { self.state = seed }

    @inlinable
    package mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        return Self.finish(self.state)
    }

    /// Draws a number below a bound, each equally likely (Lemire's multiplication with rejection).
    ///
    /// - Parameter bound: at least 1.
    /// - Returns: a number from 0 to one less than the bound.
    @inlinable
    package mutating func uniform(below bound: UInt64) -> UInt64 {
        precondition(bound > 0, "no number is below 0")
        var product = self.next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = self.next().multipliedFullWidth(by: bound) }
        }
        return product.high
    }

    /// Draws a number below a bound, each equally likely.
    ///
    /// - Parameter bound: at least 1.
    /// - Returns: a number from 0 to one less than the bound.
    @inlinable
    package mutating func uniform(below bound: Int) -> Int {
        precondition(bound > 0, "no number is below 0")
        return Int(self.uniform(below: UInt64(bound)))
    }

    /// A multiple of 2⁻⁵³ in `0 ..< 1`, each equally likely.
    @inlinable
    package mutating func unit() -> Double { Double(self.next() >> 11) * 0x1p-53 }

    /// Puts the elements into an order of which each is equally likely (Fisher and Yates).
    @inlinable
    package mutating func shuffle<C: MutableCollection & RandomAccessCollection>(_ elements: inout C)
    where C.Index == Int {
        var unplaced = elements.count
        while unplaced > 1 {
            let pick = self.uniform(below: unplaced)
            unplaced -= 1
            elements.swapAt(elements.startIndex + pick, elements.startIndex + unplaced)
        }
    }

    /// A hash of two numbers without any state: a generator for things that are numbered and drawn in any order.
    @inlinable
    package static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        Self.finish(Self.finish(a &+ 0x9E37_79B9_7F4A_7C15) &+ b &+ 0x9E37_79B9_7F4A_7C15)
    }

    @usableFromInline
    static func finish(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
