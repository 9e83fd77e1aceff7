extension Profile {
    /// The load generator itself; no part of what is compared between runs.
    package struct Generator: Codable, Equatable, Sendable {
        /// Event loops; `auto`: one for each core, and never more than rooms.
        package var loops = Limit.auto

        package init() {}
    }
}
