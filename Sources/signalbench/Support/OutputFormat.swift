import ArgumentParser

/// How a result is written to standard output.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// For people.
    case text
    /// For programs.
    case json
}
