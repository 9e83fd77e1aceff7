extension Profile {
    /// A number that the program may choose: `auto`, or a whole number of at least 1.
    package enum Limit: TextRepresentable, Hashable {
        /// Chosen by the program; what it chooses stands at the key.
        case auto
        case count(Int)

        package init(text: String) throws(ProfileTextError) {
            if text == "auto" {
                self = .auto
            } else {
                self = .count(try WholeNumber.parse(text, or: "auto", in: 1...1_000_000))
            }
        }

        package var text: String {
            switch self {
            case .auto: "auto"
            case .count(let count): "\(count)"
            }
        }
    }
}

extension Profile {
    /// Who calls in a room whose members are all present: `all`, or the first so many slots.
    package enum Callers: TextRepresentable, Hashable {
        case all
        /// The members of slots 0 ..< count; 0 makes a room that is only held.
        case count(Int)

        package init(text: String) throws(ProfileTextError) {
            if text == "all" {
                self = .all
            } else {
                self = .count(try WholeNumber.parse(text, or: "all", in: 0...4096))
            }
        }

        package var text: String {
            switch self {
            case .all: "all"
            case .count(let count): "\(count)"
            }
        }

        /// How many members of a room of `size` call.
        package func count(in size: Int) -> Int {
            switch self {
            case .all: size
            case .count(let count): min(count, size)
            }
        }
    }
}
