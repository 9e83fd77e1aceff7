extension Profile {
    /// How agents are spread over rooms.
    package struct Rooms: Equatable, Sendable {
        package var layout = Layout.size(4)
        package var fill = Fill.interleaved
        /// What stands before the names of rooms on the wire; absent: eight digits of the run, so that runs do not meet.
        package var prefix: String?

        package init() {}

        /// What stands before the names of rooms in one run.
        ///
        /// - Parameter run: the run's id.
        /// - Returns: the profile's own text, which may be empty, or the run's.
        package func prefix(run: UInt32) -> String {
            if let prefix { return prefix }
            let digits = String(run, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits + "-"
        }

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
