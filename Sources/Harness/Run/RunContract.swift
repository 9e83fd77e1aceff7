import Backends
import Measure
import Signaling
import Workload

/// Judges a run by what every backend is held to.
enum RunContract {
    /// The cases, each with its verdict.
    ///
    /// - Parameters:
    ///   - metrics: the run's, by path.
    ///   - failures: expected pairs that did not become connectable, by reason.
    ///   - profile: what the plan was made from.
    ///   - capabilities: what the backend declares.
    /// - Returns: none when the profile leaves the contract out.
    static func judge(
        metrics: [String: Double], failures: [String: Int], profile: Profile, capabilities: Capabilities
    ) -> [ContractCase] {
        guard profile.verdict == .contract else { return [] }
        let terms = ContractJudge.Terms(
            expect: Set(profile.expect), mayDuplicate: Self.mayDuplicate(metrics, capabilities),
            mayReorder: capabilities.order == .none, mustConnect: profile.signaling.strategy == .perfect)
        return ContractJudge(metrics: metrics, failures: failures, terms: terms).judge()
    }

    /// At least once lets messages come twice around a lost connection, and only there.
    private static func mayDuplicate(_ metrics: [String: Double], _ capabilities: Capabilities) -> Bool {
        capabilities.delivery == .atLeastOnce && (metrics["agents.disconnected"] ?? 0) > 0
    }
}
