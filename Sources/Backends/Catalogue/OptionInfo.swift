/// One option of a backend, as `list backends` shows it.
package struct OptionInfo: Equatable, Sendable, Codable {
    /// The key under `backend` in a profile, nested keys joined by dots.
    package var key: String
    /// What holds when it is not given.
    package var defaultValue: String
    /// All values, when they can be listed; else empty.
    package var values: [String]
    package var summary: String

    package init(key: String, defaultValue: String, values: [String] = [], summary: String) {
        self.key = key
        self.defaultValue = defaultValue
        self.values = values
        self.summary = summary
    }
}
