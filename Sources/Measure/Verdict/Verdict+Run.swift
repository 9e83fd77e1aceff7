extension Verdict {
    /// The verdict of a whole run.
    ///
    /// A backend that was lost fails the run even when no gate was set; what could then not be measured is its doing
    /// and does not make the run invalid, while a generator that was not fit still does. A backend that dropped members
    /// for good fails it too: they were part of the load, and a gate cannot miss what was never sent.
    ///
    /// - Parameters:
    ///   - gates: Every gate as judged.
    ///   - contract: The cases that every backend is held to; none when the profile leaves them out.
    ///   - validity: Whether the instrument was fit.
    ///   - backendLost: Whether the backend went away and the plan did not say so.
    ///   - connectionsLost: Whether members lost connections that the plan did not end, and never got them back.
    ///   - interrupted: Whether the user ended the run.
    /// - Returns: The verdict that the run's exit code stands for.
    package static func of(
        gates: [GateResult],
        contract: [ContractCase] = [],
        validity: Validity,
        backendLost: Bool = false,
        connectionsLost: Bool = false,
        interrupted: Bool = false
    ) -> Verdict {
        var parts: [Verdict] = [validity.fit ? .pass : .invalid]
        if interrupted { parts.append(.interrupted) }
        if connectionsLost { parts.append(.fail) }
        if backendLost {
            parts.append(.fail)
        } else {
            parts += gates.map(\.verdict)
            parts.append(ContractJudge.verdict(of: contract))
        }
        return Self.combine(parts)
    }
}
