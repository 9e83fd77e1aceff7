package import Measure

/// A capacity search with all its trials, as written to `capacity.json` after each of them.
package struct CapacityReport: Codable, Equatable, Sendable {
    /// A trial, and what else is worth knowing of it.
    package struct Entry: Codable, Equatable, Sendable {
        package var trial: CapacityTrial
        /// The folder of its report, beside `capacity.json`.
        package var folder: String
        package var seconds: Double
        package var agents: Int
        /// Receipts of signaling and chatter a second, over the whole trial.
        package var deliveriesPerSecond: Double?
        package var fanoutP99: Double?
        package var completion: Double?
        package var backendCPU: Double?
        package var generatorCPU: Double?
        /// CPU of the backend for each message sent to it, in microseconds.
        package var publishMicroseconds: Double?
        /// The most frequent reason why something failed.
        package var cause: String?
        /// The load, the outcome, and the metrics of the goals and of what explains them: for scripts, at one place.
        package var load: Double?
        package var verdict: CapacityTrial.Outcome?
        package var metrics: [String: Double]?
        /// Whether it was cut short because a goal was out of reach; absent when it was not.
        package var endedEarly: Bool?

        package init(trial: CapacityTrial, folder: String, seconds: Double, agents: Int) {
            self.trial = trial
            self.folder = folder
            self.seconds = seconds
            self.agents = agents
        }
    }

    package var schemaVersion = 1
    package var tool: String
    package var command: [String]
    package var profile: String
    package var backend: String
    package var axis: CapacityAxis
    package var slo: [String]
    package var settings: CapacitySearch.Settings
    /// Seconds of steady of a short and of a full trial.
    package var shortSeconds: Double
    package var fullSeconds: Double
    /// Of the profile without the axis: what a search that goes on must share.
    package var comparableDigest: String
    package var startedAt: String
    package var finishedAt: String?
    package var trials: [Entry] = []
    /// Absent while the search goes on.
    package var answer: CapacityAnswer?
    /// The answer in one line; absent with it.
    package var line: String?
    /// How throughput grows with the load; absent before six loads are measured.
    package var law: ScalabilityLaw?
    /// How the cost of a publish grows with the room; absent before three sizes are measured.
    package var publishCost: PublishCost?
    /// Where more load begins to pay less; absent before five loads are measured, and where it never does.
    package var knee: Knee?
    /// What ran out first at the end that fails; absent while the search goes on.
    package var exhaustion: Exhaustion?
    /// Cores of the machine that the trials ran on.
    package var cores: Int?
    /// The bounds of the answer, whether full trials confirmed a load, and what ended the search: the answer for scripts.
    package var lower: Double?
    package var upper: Double?
    package var confirmed: Bool?
    package var limitedBy: String?
    /// The coefficients of what was fitted; absent when nothing was.
    package var laws: Laws?

    /// The coefficients of the laws with the intervals of 95 %, where there are any.
    package struct Laws: Codable, Equatable, Sendable {
        package struct Usl: Codable, Equatable, Sendable {
            package var lambda: Double
            package var sigma: Double
            package var kappa: Double
            package var peak: Double?
            /// Of the peak.
            package var ci: [Double]?
            package var fits: Bool
        }

        package struct Publish: Codable, Equatable, Sendable {
            /// Microseconds of a publish, and of each member.
            package var a: Double
            package var b: Double
            /// Of b.
            package var ci: [Double]?
            package var fits: Bool
        }

        package var usl: Usl?
        package var publish: Publish?
    }

    /// Metrics of a trial that are kept beside those of the goals.
    static let keptMetrics = [
        "agents.requested", "agents.connected", "negotiation.completion", "negotiation.time.p99", "deliveries.total",
        "deliveries.lost", "messages.sent", "amplification.messages", "fanout.latency.p50", "fanout.latency.p99",
        "fanout.signaling.latency.p99", "backend.cpu", "generator.cpu",
    ]

    /// Says the answer once more, flat.
    mutating func settle(_ answer: CapacityAnswer) {
        self.lower = answer.lower
        self.upper = answer.upper
        self.confirmed = [.bracket, .atLeast].contains(answer.kind)
        self.limitedBy = answer.limit ?? answer.missed.first
        var laws = Laws()
        laws.usl = self.law.map { law in
            Laws.Usl(
                lambda: law.lambda, sigma: law.sigma, kappa: law.kappa, peak: law.peak,
                ci: law.peakLower.flatMap { lower in law.peakUpper.map { [lower, $0] } }, fits: law.fits)
        }
        laws.publish = self.publishCost.map { cost in
            Laws.Publish(
                a: cost.base, b: cost.perMember,
                ci: cost.perMemberLower.flatMap { lower in cost.perMemberUpper.map { [lower, $0] } }, fits: cost.fits)
        }
        self.laws = laws == Laws() ? nil : laws
    }

    package init(
        tool: String, command: [String], profile: String, backend: String, axis: CapacityAxis, slo: [String],
        settings: CapacitySearch.Settings, shortSeconds: Double, fullSeconds: Double, comparableDigest: String,
        startedAt: String, cores: Int? = nil
    ) {
        self.tool = tool
        self.command = command
        self.profile = profile
        self.backend = backend
        self.axis = axis
        self.slo = slo
        self.settings = settings
        self.shortSeconds = shortSeconds
        self.fullSeconds = fullSeconds
        self.comparableDigest = comparableDigest
        self.startedAt = startedAt
        self.cores = cores
    }

    /// Whether a search may go on with another's trials; how many more of them is up to the user.
    func isContinuation(of other: CapacityReport) -> Bool {
        var settings = other.settings
        settings.mostTrials = self.settings.mostTrials
        return (self.backend, self.axis, self.slo, self.settings, self.comparableDigest)
            == (other.backend, other.axis, other.slo, settings, other.comparableDigest)
            && (self.shortSeconds, self.fullSeconds) == (other.shortSeconds, other.fullSeconds)
    }

    /// The search as its trials say.
    var search: CapacitySearch { CapacitySearch(self.settings, trials: self.trials.map(\.trial)) }

    /// About how many seconds are still to come.
    var remainingSeconds: Double? {
        let remaining = self.search.remaining
        func mean(_ length: CapacityTrial.Length) -> Double? {
            let seconds = self.trials.filter { $0.trial.length == length }.map(\.seconds)
            return seconds.isEmpty ? nil : seconds.reduce(0, +) / Double(seconds.count)
        }
        guard let short = mean(.short) ?? mean(.full) else { return nil }
        let full = mean(.full) ?? short - self.shortSeconds + self.fullSeconds
        return Double(remaining.short) * short + Double(remaining.full) * full
    }

    /// `bracket 400…432 rooms, ETA 3 min`.
    var progress: String {
        let (lower, upper) = self.search.bracket
        let ends = (lower.map(self.axis.text) ?? "?") + " … " + (upper.map(self.axis.text) ?? "?")
        return "bracket \(ends)" + (self.remainingSeconds.map { ", ETA \(ProgressFigures.seconds($0))" } ?? "")
    }

    /// The answer for people.
    ///
    /// - Parameter answer: how the search ended.
    /// - Returns: one line.
    func sentence(_ answer: CapacityAnswer) -> String {
        let goals = self.slo.joined(separator: " and ")
        let votes = "\(self.settings.needed) of \(self.settings.confirmations)"
        let what: String
        switch answer.kind {
        case .bracket:
            what =
                "= \(answer.lower.map(self.axis.text) ?? "?"), below \(answer.upper.map(self.axis.text) ?? "?")"
                + " (\(votes) full trials each); "
                + "first to break: \(answer.missed.first ?? "the backend was lost")"
        case .atLeast:
            what =
                "≥ \(answer.lower.map(self.axis.text) ?? "?"); not the backend ended it: \(answer.limit ?? "unknown")"
        case .below:
            what =
                "< \(answer.upper.map(self.axis.text) ?? "?"), the least that was tried; "
                + "first to break: \(answer.missed.first ?? "the backend was lost")"
        case .unknown: what = "unknown: \(answer.limit ?? "nothing could be measured")"
        case .unfinished:
            what =
                "not settled: \(answer.lower.map { "≥ \(self.axis.text($0))" } ?? "no lower bound")"
                + (answer.upper.map { ", probably below \(self.axis.text($0))" } ?? "")
        }
        return "\(self.backend), \(self.profile): capacity \(what); SLO \(goals)" + self.surroundings(answer)
    }

    /// What was used at the end of the bracket that fails, or at the highest load that passes.
    private func surroundings(_ answer: CapacityAnswer) -> String {
        guard let load = answer.upper ?? answer.lower,
            let entry = self.trials.last(where: { $0.trial.load == load })
        else { return "" }
        var parts: [String] = []
        if let cpu = entry.backendCPU { parts.append("backend \(FixedDecimal.text(cpu, decimals: 2)) cores") }
        if let cpu = entry.generatorCPU { parts.append("generator \(FixedDecimal.text(cpu, decimals: 2)) cores") }
        if let cause = entry.cause { parts.append("cause: \(cause)") }
        let measured = parts.isEmpty ? "" : "; at \(self.axis.text(load)): " + parts.joined(separator: ", ")
        guard let exhaustion = self.exhaustion(answer), [.machine, .backendCPU, .queue].contains(exhaustion.kind) else {
            return measured
        }
        return measured + "; ran out first: \(exhaustion.kind.rawValue)"
    }
}
