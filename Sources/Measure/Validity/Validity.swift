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
        /// Whether it holds; absent when there was nothing to judge, which is not the same as holding.
        package var fit: Bool?
        /// What the check compares, or, when it is not fit, cause and cure; one sentence.
        package var explanation: String

        package init(
            name: String, value: Double?, limit: Double?, unit: String, fit: Bool?, explanation: String
        ) {
            self.name = name
            self.value = value
            self.limit = limit
            self.unit = unit
            self.fit = fit
            self.explanation = explanation
        }
    }

    /// A circumstance that explains figures and that nothing is judged by.
    package struct Fact: Codable, Equatable, Sendable {
        /// A short name for tables.
        package var name: String
        /// What was measured; absent when it could not be.
        package var value: Double?
        /// `s`, `ratio`, `count`.
        package var unit: String
        /// What it says; one sentence.
        package var explanation: String

        package init(name: String, value: Double?, unit: String, explanation: String) {
            self.name = name
            self.value = value
            self.unit = unit
            self.explanation = explanation
        }
    }

    /// Whether no check failed.
    package var fit: Bool
    /// One plain sentence for each check that is not: cause and cure.
    package var reasons: [String]
    /// All checks, also those that hold and those without a value.
    package var checks: [Check]
    /// What is shown beside them; absent in results of earlier versions.
    package var facts: [Fact]?
    /// Whether the latencies settled; absent when the run was too short to say.
    package var steadyState: SteadyStateReport?

    package init(
        fit: Bool, reasons: [String], checks: [Check], facts: [Fact] = [], steadyState: SteadyStateReport? = nil
    ) {
        self.fit = fit
        self.reasons = reasons
        self.checks = checks
        self.facts = facts.isEmpty ? nil : facts
        self.steadyState = steadyState
    }

    /// The judgement over some checks: fit when none failed.
    ///
    /// - Parameter checks: The checks in the order of the report.
    package init(checks: [Check]) {
        let unfit = checks.filter { $0.fit == false }
        self.init(fit: unfit.isEmpty, reasons: unfit.map(\.explanation), checks: checks)
    }
}
