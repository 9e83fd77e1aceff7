import Glibc

/// Finds the highest load that meets all goals: trials in, the next load out.
///
/// In the spirit of RFC 9971 (MLRsearch).
/// Short trials find the neighbourhood. A load is a lower bound only when `needed` of `confirmations` full trials pass
/// there, an upper bound only when so many cannot pass any more. A full trial that contradicts the short ones takes
/// their credit away, and the search goes on with full trials alone. Everything follows from the list of trials, so a
/// search that was interrupted goes on from its list.
package struct CapacitySearch: Sendable {
    package struct Settings: Codable, Equatable, Sendable {
        /// Where the search begins.
        package var start: Double
        package var least: Double
        package var most: Double
        /// The bracket is narrow enough when its upper end is at most 1 + width times its lower end.
        package var width = 0.05
        /// Full trials that a load may take to be decided, and how many of them have to pass.
        package var confirmations = 3
        package var needed = 2
        /// Whether loads are whole numbers.
        package var isWhole: Bool
        /// Trials after which the search ends unfinished.
        package var mostTrials = 100

        package init(start: Double, least: Double, most: Double, isWhole: Bool) {
            self.start = start
            self.least = least
            self.most = most
            self.isWhole = isWhole
        }
    }

    /// What to do next.
    package enum Step: Equatable, Sendable {
        case trial(load: Double, length: CapacityTrial.Length)
        case done(CapacityAnswer)
    }

    package let settings: Settings
    package private(set) var trials: [CapacityTrial]

    package init(_ settings: Settings, trials: [CapacityTrial] = []) {
        self.settings = settings
        self.trials = trials
    }

    package mutating func record(_ trial: CapacityTrial) { self.trials.append(trial) }

    /// The next trial, or the answer.
    package var next: Step {
        let evidence = CapacityEvidence(self.trials, settings: self.settings)
        let step = self.step(evidence)
        guard case .trial = step, self.trials.count >= self.settings.mostTrials else { return step }
        return .done(
            CapacityAnswer(
                kind: .unfinished, lower: evidence.lower, upper: evidence.confirmedUpper ?? evidence.upper,
                missed: evidence.missed(at: evidence.confirmedUpper ?? evidence.upper)))
    }

    /// The bounds so far, by all evidence, confirmed or not.
    package var bracket: (lower: Double?, upper: Double?) {
        let evidence = CapacityEvidence(self.trials, settings: self.settings)
        return (evidence.likelyLower, evidence.upper)
    }

    /// About how many trials are still to come, by their length.
    package var remaining: (short: Int, full: Int) {
        let evidence = CapacityEvidence(self.trials, settings: self.settings)
        let settings = self.settings
        guard case .trial = self.next else { return (0, 0) }
        let upper = evidence.upper ?? min(settings.most, (evidence.likelyLower ?? settings.start) * 4)
        let lower = evidence.likelyLower ?? max(settings.least, upper / 4)
        let ratio = max(1, log(max(1, upper / max(lower, 1e-9))) / log(1 + settings.width))
        let halvings = Int(log2(ratio).rounded(.up))
        let open = (evidence.lower == nil ? 1 : 0) + (evidence.confirmedUpper == nil ? 1 : 0)
        return evidence.isShortCredited ? (halvings, open * settings.needed) : (0, (halvings + open) * settings.needed)
    }

    private func step(_ evidence: CapacityEvidence) -> Step {
        let settings = self.settings
        // What was begun is decided first.
        if let open = evidence.undecided { return .trial(load: open.load, length: open.length) }
        let fresh: CapacityTrial.Length = evidence.isShortCredited ? .short : .full
        switch (evidence.likelyLower, evidence.upper) {
        case (nil, nil):
            return .trial(load: self.rounded(settings.start), length: .short)
        case (let lower?, nil):
            if lower < settings.most {
                return .trial(load: self.above(lower, lower * self.growth(evidence)), length: fresh)
            }
            guard evidence.lower == lower else { return .trial(load: lower, length: .full) }
            return .done(CapacityAnswer(kind: .atLeast, lower: lower, limit: "the largest load that was allowed"))
        case (nil, let upper?):
            if upper > settings.least {
                return .trial(load: self.below(upper, upper / self.growth(evidence)), length: fresh)
            }
            if evidence.isLimited(upper) {
                return .done(CapacityAnswer(kind: .unknown, limit: evidence.limit(at: upper)))
            }
            guard evidence.confirmedUpper == upper else { return .trial(load: upper, length: .full) }
            return .done(CapacityAnswer(kind: .below, upper: upper, missed: evidence.missed(at: upper)))
        case (let lower?, let upper?):
            if let middle = self.middle(lower, upper) { return .trial(load: middle, length: fresh) }
            guard evidence.lower == lower else { return .trial(load: lower, length: .full) }
            if evidence.isLimited(upper) {
                return .done(CapacityAnswer(kind: .atLeast, lower: lower, limit: evidence.limit(at: upper)))
            }
            guard evidence.confirmedUpper == upper else { return .trial(load: upper, length: .full) }
            return .done(
                CapacityAnswer(kind: .bracket, lower: lower, upper: upper, missed: evidence.missed(at: upper)))
        }
    }

    /// By how much a load without a bound on its other side is left behind.
    private func growth(_ evidence: CapacityEvidence) -> Double {
        guard !evidence.isShortCredited else { return 2 }
        // From what the short trials said, full ones go in steps that double.
        return min(2, pow(1 + self.settings.width, pow(2, Double(max(0, evidence.confirmedCount - 1)))))
    }

    private func middle(_ lower: Double, _ upper: Double) -> Double? {
        if upper <= lower * (1 + self.settings.width) * (1 + 1e-9) { return nil }
        // The last step is one width above the lower end, not in the middle of what is left.
        let width = 1 + self.settings.width
        let load = self.rounded(
            upper < lower * width * width ? lower * width : (lower * upper).squareRoot(), .down)
        if load > lower, load < upper { return load }
        guard self.settings.isWhole, upper - lower > 1.5 else { return nil }
        return ((lower + upper) / 2).rounded(.down)
    }

    /// The next load above one.
    private func above(_ lower: Double, _ load: Double) -> Double {
        let load = self.rounded(load)
        return min(self.settings.most, load > lower ? load : self.settings.isWhole ? lower + 1 : self.settings.most)
    }

    /// The next load below one.
    private func below(_ upper: Double, _ load: Double) -> Double {
        let load = self.rounded(load)
        return max(self.settings.least, load < upper ? load : self.settings.isWhole ? upper - 1 : self.settings.least)
    }

    /// Whole numbers, or four digits.
    private func rounded(
        _ load: Double, _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
    ) -> Double {
        let load = min(max(load, self.settings.least), self.settings.most)
        guard !self.settings.isWhole else { return load.rounded(rule) }
        let scale = pow(10, (log10(load)).rounded(.down) - 3)
        return min(max((load / scale).rounded(rule) * scale, self.settings.least), self.settings.most)
    }
}
