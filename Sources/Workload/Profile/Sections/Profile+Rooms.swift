extension Profile {
    /// How agents are spread over rooms.
    package struct Rooms: Equatable, Sendable {
        package var layout = Layout.size(4)
        package var fill = Fill.interleaved

        package init() {}

        /// What decides the number and the size of the rooms.
        package enum Layout: Equatable, Sendable {
            /// Rooms of this many members; their number is agents ÷ size, rounded up.
            case size(Int)
            /// This many rooms, as even as possible.
            case count(Int)
            /// Rooms of several sizes, each by its share of the number of rooms.
            case sizes([Share])
        }

        /// One size and the share of rooms that have it.
        package struct Share: Equatable, Sendable {
            package var size: Int
            package var share: Ratio

            package init(size: Int, share: Ratio) {
                self.size = size
                self.share = share
            }
        }

        /// In which order the rooms fill.
        package enum Fill: String, Codable, CaseIterable, Sendable {
            /// Agent k joins room k mod count: all rooms fill at the same time.
            case interleaved
            /// One room after another.
            case sequential
        }

        /// The largest room that a profile may ask for.
        package static let largest = 4096
    }
}

extension Profile.Rooms: Codable {
    private enum CodingKeys: String, CodingKey { case size, count, sizes, fill }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        self.fill = try container.decode(Fill.self, forKey: .fill)
        if let count = try container.decodeIfPresent(Int.self, forKey: .count) {
            self.layout = .count(count)
        } else if let sizes = try container.decodeIfPresent([String: Profile.Ratio].self, forKey: .sizes) {
            let shares = sizes.compactMap { size, share in Int(size).map { Share(size: $0, share: share) } }
            self.layout = .sizes(shares.sorted { $0.size < $1.size })
        } else {
            self.layout = .size(try container.decode(Int.self, forKey: .size))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self.layout {
        case .size(let size): try container.encode(size, forKey: .size)
        case .count(let count): try container.encode(count, forKey: .count)
        case .sizes(let shares):
            let byName = shares.map { ("\($0.size)", $0.share) }
            try container.encode(Dictionary(byName, uniquingKeysWith: { first, _ in first }), forKey: .sizes)
        }
        try container.encode(self.fill, forKey: .fill)
    }
}
