package import Conformance
package import Workload

/// What a user asks `conform` for.
package struct ConformRequest: Sendable {
    /// What to judge, as ``ConformBackend`` reads it; none is `baas`.
    package var backends: [String] = []
    package var profile = ConformanceProfile.quick
    /// Ids and beginnings of ids, separated by commas; nil runs all.
    package var cases: String?
    /// A declaration file for servers that are not ours.
    package var declare: String?
    /// A file of expected failures.
    package var baseline: String?
    package var out: String?
    package var writesHTML = true
    package var seed: UInt64 = 1
    /// Every `--set backend.…=…`.
    package var overrides: [ProfileReader.Override] = []
    /// Flags of `serve` for our own servers, such as `--faithful-2016`.
    package var serverFlags: [String] = []

    package init() {}
}
