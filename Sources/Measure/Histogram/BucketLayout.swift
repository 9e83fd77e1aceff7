/// How the histogram's buckets lie on the axis of nanoseconds: HdrHistogram's layout for 64 ns … 1 h and 3 digits.
///
/// Bucket 0 has 2048 slots of 64 ns, every further bucket 1024 slots twice as wide as those of the one before, so that
/// a slot is never wider than 1/1024 of its values above 65 µs. Equal layouts merge by adding counts of equal index.
package enum BucketLayout {
    /// The least difference that is told apart, in nanoseconds; a power of two, as HdrHistogram rounds it to one.
    @inlinable package static var lowest: UInt64 { 64 }

    /// The greatest value recorded, in nanoseconds: one hour.
    @inlinable package static var highest: UInt64 { 3_600_000_000_000 }

    /// Decimal digits kept of every value.
    package static let digits = 3

    static let unitMagnitude = 6
    static let subBucketCount = 2048
    static let subBucketHalfMagnitude = 10
    static let subBucketHalf = 1024
    static let subBucketMask: UInt64 = 2047 << 6

    /// Buckets that reach ``highest``.
    static let bucketCount = 26

    /// Slots of all buckets.
    static let slots = (bucketCount + 1) * subBucketHalf

    /// The slot of a value.
    ///
    /// - Parameter value: Nanoseconds.
    /// - Returns: Its index among all slots, growing with the value.
    package static func index(of value: UInt64) -> Int {
        let bucket = 64 - self.unitMagnitude - 11 - (value | self.subBucketMask).leadingZeroBitCount
        let sub = Int(value >> UInt64(bucket + self.unitMagnitude))
        return ((bucket + 1) << self.subBucketHalfMagnitude) + sub - self.subBucketHalf
    }

    /// The least value of a slot, in nanoseconds.
    package static func lowestValue(at index: Int) -> UInt64 {
        let (bucket, sub) = self.place(of: index)
        return UInt64(sub) << UInt64(bucket + self.unitMagnitude)
    }

    /// The greatest value of a slot, in nanoseconds.
    package static func highestValue(at index: Int) -> UInt64 {
        self.lowestValue(at: index) + self.width(at: index) - 1
    }

    /// The value in the middle of a slot, in nanoseconds; it stands for the slot in means.
    package static func middleValue(at index: Int) -> UInt64 {
        self.lowestValue(at: index) + self.width(at: index) / 2
    }

    private static func width(at index: Int) -> UInt64 {
        1 << UInt64(self.place(of: index).bucket + self.unitMagnitude)
    }

    private static func place(of index: Int) -> (bucket: Int, sub: Int) {
        let bucket = (index >> self.subBucketHalfMagnitude) - 1
        let sub = index & (self.subBucketHalf - 1)
        return bucket < 0 ? (0, sub) : (bucket, sub + self.subBucketHalf)
    }
}
