/// How large the cases are.
package enum ConformanceProfile: String, CaseIterable, Sendable {
    /// At most 90 s a backend.
    case quick
    /// At most 15 minutes a backend.
    case full
}
