extension HistogramDelta: Codable {
    /// Short, because there is one for each second and each distribution.
    private enum CodingKeys: String, CodingKey {
        case slots, min, max, below, above, censored
    }

    /// Reads what ``encode(to:)`` wrote; counts that no histogram can have are refused.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let flat = try container.decode([UInt64].self, forKey: .slots)
        func refused(_ why: String) -> DecodingError {
            .dataCorruptedError(forKey: .slots, in: container, debugDescription: why)
        }
        guard flat.count.isMultiple(of: 2) else { throw refused("slots come in pairs of index and count") }
        var entries: [Entry] = []
        entries.reserveCapacity(flat.count / 2)
        var count: UInt64 = 0
        for at in stride(from: 0, to: flat.count, by: 2) {
            guard flat[at] < BucketLayout.slots, entries.last.map({ $0.index < flat[at] }) ?? true else {
                throw refused("slot \(flat[at]) is out of order, or beyond an hour")
            }
            let sum = count.addingReportingOverflow(flat[at + 1])
            guard flat[at + 1] > 0, !sum.overflow else { throw refused("a count is 0 or too large") }
            count = sum.partialValue
            entries.append(Entry(index: Int32(flat[at]), count: flat[at + 1]))
        }
        let (min, max) = (
            try container.decode(Int64.self, forKey: .min), try container.decode(Int64.self, forKey: .max)
        )
        if let first = entries.first, let last = entries.last {
            guard min >= 0, max >= min, max <= BucketLayout.highest, BucketLayout.index(of: UInt64(min)) == first.index,
                BucketLayout.index(of: UInt64(max)) == last.index
            else { throw refused("the extremes are not in the outermost slots") }
        }
        self.init(entries: entries, count: count, min: entries.isEmpty ? 0 : min, max: entries.isEmpty ? 0 : max)
        self.belowRange = try container.decodeIfPresent(UInt64.self, forKey: .below) ?? 0
        self.aboveRange = try container.decodeIfPresent(UInt64.self, forKey: .above) ?? 0
        self.censored = try container.decodeIfPresent(UInt64.self, forKey: .censored) ?? 0
    }

    /// Non-empty slots as pairs of index and count, and what has no slot.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.entries.flatMap { [UInt64($0.index), $0.count] }, forKey: .slots)
        try container.encode(self.min, forKey: .min)
        try container.encode(self.max, forKey: .max)
        if self.belowRange > 0 { try container.encode(self.belowRange, forKey: .below) }
        if self.aboveRange > 0 { try container.encode(self.aboveRange, forKey: .above) }
        if self.censored > 0 { try container.encode(self.censored, forKey: .censored) }
    }
}

extension LatencyHistogram: Codable {
    private enum CodingKeys: String, CodingKey { case counts, censoredAge }

    /// Reads what ``encode(to:)`` wrote: the same counts, extremes and quantiles.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        self.add(try container.decode(HistogramDelta.self, forKey: .counts))
        self.raiseCensoredAge(to: try container.decode(Int64.self, forKey: .censoredAge))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.delta, forKey: .counts)
        try container.encode(self.censoredAge, forKey: .censoredAge)
    }
}
