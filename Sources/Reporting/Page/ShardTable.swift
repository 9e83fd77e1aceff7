import Measure

/// The processes of a divided run as a table.
enum ShardTable {
    static func markup(_ shards: [ShardReport]) -> Markup {
        let rows = shards.map { shard in
            [
                "\(shard.index)", shard.host.isEmpty ? "–" : shard.host,
                NumberText.fixed(Double(shard.agents), decimals: 0),
                NumberText.fixed(Double(shard.rooms), decimals: 0),
                shard.lateness.map { Quantity($0, .milliseconds).text } ?? "–",
                Self.clock(shard), shard.generatorCPU.map { Quantity($0, .cores).text } ?? "–",
                shard.complete ? shard.fit ? "fit" : "not fit" : shard.startedAt == nil ? "missing" : "interrupted",
                shard.reasons.joined(separator: "; "),
            ]
        }
        var markup = Markup()
        markup.table(
            ["Shard", "Host", "Agents", "Rooms", "Began after T0", "Clock off by", "Cores", "Part", "Why"], rows)
        return markup
    }

    /// An offset within its bound is none that is known.
    private static func clock(_ shard: ShardReport) -> String {
        guard let offset = shard.clockOffset, let bound = shard.clockBound else { return "not measured" }
        let limit = Quantity(bound, .milliseconds).text
        return abs(offset) <= bound ? "< \(limit)" : "\(Quantity(offset, .milliseconds).text) ± \(limit)"
    }
}
