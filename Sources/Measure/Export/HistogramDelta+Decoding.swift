extension HistogramDelta {
    /// The most samples that are read back: 100,000 a second for a week.
    ///
    /// The work of an interval grows with their root.
    static let mostSamples: UInt64 = 1 << 36

    /// Reads counts back from the base64 of their V2 compressed form, as ``base64`` writes it.
    ///
    /// Extremes come back as the ends of their slots. Streams of other tools, which are deflated and not only stored, and
    /// other layouts than ``BucketLayout``, and more than ``mostSamples`` give nil, as any other text does.
    ///
    /// - Parameter base64: For example `encoded` of a ``HistogramReport``.
    package init?(base64: String) {
        guard let outer = Base64.decode(base64) else { return nil }
        var reader = ByteReader(outer)
        guard
            reader.bigEndian(UInt32.self) == Self.compressedCookie, let length = reader.bigEndian(UInt32.self),
            length == reader.left, let payload = StoredZlib.unwrap(reader.rest)
        else { return nil }
        self.init(encodedV2: payload)
    }

    private init?(encodedV2 payload: [UInt8]) {
        var reader = ByteReader(payload)
        guard
            reader.bigEndian(UInt32.self) == Self.cookie, let length = reader.bigEndian(UInt32.self),
            reader.bigEndian(UInt32.self) == 0, reader.bigEndian(UInt32.self) == UInt32(BucketLayout.digits),
            reader.bigEndian(UInt64.self) == BucketLayout.lowest, reader.bigEndian(UInt64.self) == BucketLayout.highest,
            reader.bigEndian(UInt64.self) == (1.0).bitPattern, length == reader.left
        else { return nil }
        var entries: [Entry] = []
        var (index, count) = (0, UInt64(0))
        while reader.left > 0 {
            guard let number = reader.zigZag() else { return nil }
            guard number < 0 ? number > -BucketLayout.slots : index < BucketLayout.slots else { return nil }
            if number < 0 {
                index += Int(-number)
            } else {
                if number > 0 { entries.append(Entry(index: Int32(index), count: UInt64(number))) }
                let sum = count.addingReportingOverflow(UInt64(number))
                guard !sum.overflow, sum.partialValue <= Self.mostSamples else { return nil }
                count = sum.partialValue
                index += 1
            }
        }
        let first = entries.first.map { BucketLayout.lowestValue(at: Int($0.index)) } ?? 0
        let last = entries.last.map { BucketLayout.highestValue(at: Int($0.index)) } ?? 0
        self.init(entries: entries, count: count, min: Int64(first), max: Int64(last))
    }
}
