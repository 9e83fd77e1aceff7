package import Workload

/// What a user asks `run` for: a profile, what overrides it, and where the report goes.
package struct RunRequest: Sendable {
    /// A path or the name of a shipped profile; `nil` is `quickstart`.
    package var profile: String?
    /// Every flag that stands for a key of the profile, in the order given; gates are appended.
    package var overrides: [ProfileReader.Override] = []
    /// `ID` or `ID:URL`, one run each; empty: the profile's backend.
    package var backends: [String] = []
    /// `--out`; `nil` is a new folder below `Reports`.
    package var out: String?
    /// Whether `report.html` is written.
    package var writesHTML = true
    /// The words of the command line, for the report.
    package var command: [String] = []

    package init() {}
}
