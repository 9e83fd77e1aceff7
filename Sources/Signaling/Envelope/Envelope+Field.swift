extension Envelope {
    /// One top-level member of a signal.
    package struct Field: Hashable, Sendable {
        package var presence: Presence
        /// The value's bytes in what was scanned: a string's without its quotes, any other value's as it stands.
        package var range: Range<Int>

        package init(presence: Presence, range: Range<Int>) {
            self.presence = presence
            self.range = range
        }

        package static let absent = Field(presence: .absent, range: 0..<0)
    }

    /// What kind of value a member has, as far as the filter cares.
    package enum Presence: UInt8, Sendable {
        /// No such member.
        case absent
        /// A string without escapes.
        case string
        /// A string with at least one escape.
        case escapedString
        /// The empty string.
        case empty
        /// `null`, `false` or zero, which the published client's `if (target)` takes for nothing.
        case falsy
        /// Any other value.
        case other
    }
}
