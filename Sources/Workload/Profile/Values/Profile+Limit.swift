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
