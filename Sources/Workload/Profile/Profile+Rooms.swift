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
        package enum Fill: String, CaseIterable, Sendable {
            /// Agent k joins room k mod count: all rooms fill at the same time.
            case interleaved
            /// One room after another.
            case sequential
        }

        /// The largest room that a profile may ask for.
        package static let largest = 4096
    }
}
