/// Whether a plan fits the machine, found out before the run instead of during it.
package enum Preflight {
    /// What a run may expect.
    package enum Finding: Equatable, Sendable {
        /// It may run; the sentence belongs on standard error.
        case warning(String)
        /// It cannot reach the agents that were asked for; the run would prove nothing.
        case refusal(message: String, cure: String)
    }

    /// Compares a number of agents with what the machine carries.
    ///
    /// - Parameters:
    ///   - agents: the most agents that are connected at one time.
    ///   - capacity: what the machine carries.
    /// - Returns: the findings, refusals first; empty when everything fits.
    package static func check(agents: Int, capacity: CarryingCapacity) -> [Finding] {
        let short = capacity.limits.filter { $0.agents < agents }
        let refusals = short.filter(\.isCertain).map { limit in
            Finding.refusal(
                message: "\(agents) agents asked, but the \(limit.side.rawValue)'s \(limit.resource) carry "
                    + "\(limit.agents) (\(limit.because))",
                cure: "\(limit.raise); or --agents \(limit.agents)")
        }
        let warnings = short.filter { !$0.isCertain }.map { limit in
            Finding.warning(
                "\(agents) agents may not fit the \(limit.side.rawValue)'s \(limit.resource): about \(limit.agents) "
                    + "do (\(limit.because))")
        }
        return refusals + warnings
    }
}
