/// Whether the instrument was fit to measure, and if not, why not.
package struct Validity: Codable, Equatable, Sendable {
    /// One thing that must hold for the numbers to be the backend's and not the generator's.
    package struct Check: Codable, Equatable, Sendable {
        /// A short name for tables.
        package var name: String
        /// What was measured; absent when it could not be.
        package var value: Double?
        /// The most (for agents: the least) that is still fit.
        package var limit: Double?
        /// `ms`, `ratio`, `count`.
        package var unit: String
        package var fit: Bool
        /// What the check compares, or, when it is not fit, cause and cure; one sentence.
        package var explanation: String

        package init(
            name: String, value: Double?, limit: Double?, unit: String, fit: Bool, explanation: String
        ) {
            self.name = name
            self.value = value
            self.limit = limit
            self.unit = unit
            self.fit = fit
            self.explanation = explanation
        }
    }

    /// Whether every check is fit.
    package var fit: Bool
    /// One plain sentence for each check that is not: cause and cure.
    package var reasons: [String]
    /// All checks, also those that hold.
    package var checks: [Check]

    package init(fit: Bool, reasons: [String], checks: [Check]) {
        self.fit = fit
        self.reasons = reasons
        self.checks = checks
    }

    /// The judgement over some checks: fit when all are.
    ///
    /// - Parameter checks: The checks in the order of the report.
    package init(checks: [Check]) {
        let unfit = checks.filter { !$0.fit }
        self.init(fit: unfit.isEmpty, reasons: unfit.map(\.explanation), checks: checks)
    }
}
