/// What the trials of a search say together.
struct CapacityEvidence {
    /// The trials of one load.
    private struct Votes {
        var load: Double
        var passes = 0
        var fails = 0
        var shortPasses = 0
        var shortFails = 0
        var limited = 0
        var limit: String?
        var lastLimitedLength = CapacityTrial.Length.short
        var missed: [String: Int] = [:]

        /// By full trials alone; nil while it is open.
        func verdict(_ settings: CapacitySearch.Settings) -> Bool? {
            if self.passes >= settings.needed { return true }
            return self.fails > settings.confirmations - settings.needed ? false : nil
        }

        var shortVerdict: Bool? {
            self.shortPasses == self.shortFails ? nil : self.shortPasses > self.shortFails
        }
    }

    private let votes: [Votes]
    private let settings: CapacitySearch.Settings
    /// Whether no full trial has contradicted the short ones of its load.
    let isShortCredited: Bool
    /// The least load that full trials refuse.
    let confirmedUpper: Double?
    /// The highest load below every upper bound that full trials carry.
    let lower: Double?
    /// The least load that does not seem to be carried, or at which something else was the limit.
    let upper: Double?
    /// The highest load below ``upper`` that seems to be carried.
    let likelyLower: Double?

    init(_ trials: [CapacityTrial], settings: CapacitySearch.Settings) {
        var votes: [Votes] = []
        for trial in trials {
            let index = votes.firstIndex { $0.load == trial.load } ?? votes.endIndex
            if index == votes.endIndex { votes.append(Votes(load: trial.load)) }
            switch (trial.outcome, trial.length) {
            case (.pass, .full): votes[index].passes += 1
            case (.fail, .full): votes[index].fails += 1
            case (.pass, .short): votes[index].shortPasses += 1
            case (.fail, .short): votes[index].shortFails += 1
            case (.limited, let length):
                votes[index].limited += 1
                votes[index].limit = trial.limit
                votes[index].lastLimitedLength = length
            }
            for goal in trial.missed { votes[index].missed[goal, default: 0] += 1 }
        }
        votes.sort { $0.load < $1.load }
        let credited = !votes.contains { vote in
            guard let short = vote.shortVerdict, let full = vote.verdict(settings) else { return false }
            return short != full
        }
        func verdict(_ vote: Votes) -> Bool? {
            if Self.isLimited(vote, settings) { return nil }
            return vote.verdict(settings) ?? (credited ? vote.shortVerdict : nil)
        }
        self.votes = votes
        self.settings = settings
        self.isShortCredited = credited
        let confirmedUpper = votes.first { $0.verdict(settings) == false }?.load
        self.confirmedUpper = confirmedUpper
        self.lower =
            votes.last {
                $0.verdict(settings) == true && $0.load < confirmedUpper ?? .infinity
            }?.load
        // What full trials carry is no upper bound because of a short one below it.
        let floor = self.lower ?? -.infinity
        let upper =
            votes.first {
                (verdict($0) == false || Self.isLimited($0, settings)) && ($0.load > floor || $0.load == confirmedUpper)
            }?.load
        self.upper = upper
        self.likelyLower = votes.last { verdict($0) == true && $0.load < upper ?? .infinity }?.load
    }

    /// Loads that full trials have decided.
    var confirmedCount: Int { self.votes.count { $0.verdict(self.settings) != nil } }

    /// A load whose trials have begun and decide nothing yet.
    var undecided: (load: Double, length: CapacityTrial.Length)? {
        for vote in self.votes where !Self.isLimited(vote, self.settings) {
            if vote.passes + vote.fails > 0, vote.verdict(self.settings) == nil { return (vote.load, .full) }
            let isUnknown = vote.passes + vote.fails + vote.shortPasses + vote.shortFails == 0
            if vote.limited > 0, isUnknown { return (vote.load, vote.lastLimitedLength) }
        }
        return nil
    }

    /// Whether something else than the backend was the limit there, twice.
    func isLimited(_ load: Double) -> Bool {
        self.votes.contains { $0.load == load && Self.isLimited($0, self.settings) }
    }

    func limit(at load: Double) -> String? { self.votes.first { $0.load == load }?.limit }

    /// The goals that were missed at a load, most often missed first.
    func missed(at load: Double?) -> [String] {
        let missed = self.votes.first { $0.load == load }?.missed ?? [:]
        return missed.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    private static func isLimited(_ vote: Votes, _ settings: CapacitySearch.Settings) -> Bool {
        vote.limited >= 2 && vote.verdict(settings) == nil
    }
}
