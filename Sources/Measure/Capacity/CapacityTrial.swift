/// One trial of a capacity search: a load, and what came of it.
package struct CapacityTrial: Codable, Equatable, Sendable {
    /// How long a trial lasts.
    package enum Length: String, Codable, Sendable {
        /// Enough to see that a load is hopeless.
        case short
        /// What counts as evidence that a load is carried.
        case full
    }

    /// What a trial says of its load.
    package enum Outcome: String, Codable, Sendable {
        /// Every goal was met.
        case pass
        /// A goal was missed, and the instrument was fit.
        case fail
        /// The generator or the machine was at its limit: nothing is known of the backend.
        case limited
    }

    package var load: Double
    package var length: Length
    package var outcome: Outcome
    /// The goals that were missed, as written.
    package var missed: [String]
    /// What was at its limit; absent when nothing was.
    package var limit: String?

    package init(load: Double, length: Length, outcome: Outcome, missed: [String] = [], limit: String? = nil) {
        self.load = load
        self.length = length
        self.outcome = outcome
        self.missed = missed
        self.limit = limit
    }
}

/// What a capacity search found.
package struct CapacityAnswer: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// The highest load that meets the goals lies between `lower`, which does, and `upper`, which does not.
        case bracket
        /// At least `lower`: beyond it, something else than the backend was the limit.
        case atLeast
        /// Below `upper`, which was the least load to be tried.
        case below
        /// Nothing could be measured.
        case unknown
        /// The search ended before it was sure; the bounds are what is known.
        case unfinished
    }

    package var kind: Kind
    /// Confirmed by full trials.
    package var lower: Double?
    /// Confirmed by full trials, except of `unfinished`.
    package var upper: Double?
    /// Why there is no upper bound: what ran out first, or the largest load that was allowed.
    package var limit: String?
    /// The goals that were missed at `upper`, most often missed first.
    package var missed: [String]

    package init(
        kind: Kind, lower: Double? = nil, upper: Double? = nil, limit: String? = nil, missed: [String] = []
    ) {
        self.kind = kind
        self.lower = lower
        self.upper = upper
        self.limit = limit
        self.missed = missed
    }
}
