/// What the whole catalogue found at one backend.
package struct BackendConformance: Codable, Equatable, Sendable {
    /// As given on the command line, without secrets.
    package var backend: String
    package var url: String
    /// Path in the vocabulary to value, as declared.
    package var declared: [String: String]
    package var cases: [CaseResult]
    /// Ids that the baseline lists as failing and that passed.
    package var unexpectedPasses: [String]
    /// Why the backend was not judged at all; empty when it was.
    package var setupFailure: String
    /// Whether every case got its verdict.
    package var isComplete: Bool

    package init(
        backend: String, url: String, declared: [String: String], cases: [CaseResult] = [],
        unexpectedPasses: [String] = [], setupFailure: String = "", isComplete: Bool = false
    ) {
        self.backend = backend
        self.url = url
        self.declared = declared
        self.cases = cases
        self.unexpectedPasses = unexpectedPasses
        self.setupFailure = setupFailure
        self.isComplete = isComplete
    }

    /// How many cases got each verdict; verdicts that nothing got are left out.
    package var counts: [String: Int] {
        self.cases.reduce(into: [:]) { $0[$1.verdict.rawValue, default: 0] += 1 }
    }

    /// The exit code that this backend alone would give.
    ///
    /// What the baseline lists does not count; a listed case that passes does.
    package var exitCode: Int32 {
        if !self.setupFailure.isEmpty { return 2 }
        var codes = Set(self.cases.filter { !$0.isExcused }.map(\.verdict.exitCode))
        if !self.unexpectedPasses.isEmpty { codes.insert(1) }
        return [70, 2, 1].first(where: codes.contains) ?? 0
    }
}

extension BackendConformance {
    private enum Derived: String, CodingKey { case counts, exitCode }

    private enum CodingKeys: String, CodingKey {
        case backend, url, declared, cases, unexpectedPasses, setupFailure, isComplete
    }

    /// Writes its counts and exit code beside what it is made of, for readers that do not want to count.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: CodingKeys.self)
        try box.encode(self.backend, forKey: .backend)
        try box.encode(self.url, forKey: .url)
        try box.encode(self.declared, forKey: .declared)
        try box.encode(self.cases, forKey: .cases)
        try box.encode(self.unexpectedPasses, forKey: .unexpectedPasses)
        try box.encode(self.setupFailure, forKey: .setupFailure)
        try box.encode(self.isComplete, forKey: .isComplete)
        var derived = encoder.container(keyedBy: Derived.self)
        try derived.encode(self.counts, forKey: .counts)
        try derived.encode(self.exitCode, forKey: .exitCode)
    }
}
