internal import Measure

/// What the run ran against, and where.
enum EnvironmentFacts {
    /// The facts in the order of the page.
    ///
    /// - Parameter document: The run.
    /// - Returns: Names and values.
    static func all(_ document: ReportDocument) -> [FactView] {
        let result = document.result
        var facts = [
            FactView("backend", "\(result.backend.id) at \(result.backend.url)"),
            FactView(
                "backend command",
                result.backend.command.map { $0.joined(separator: " ") } ?? "not launched by this run"),
        ]
        let declared = result.backend.declared.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        if !declared.isEmpty { facts.append(FactView("backend declares", declared.joined(separator: ", "))) }
        facts += [
            FactView("plan digest", result.plan.digest),
            FactView("seed", String(result.plan.seed)),
            FactView("comparable settings", result.plan.comparableDigest),
            FactView("system", "\(result.environment.os), kernel \(result.environment.kernel)"),
            FactView(
                "machine",
                "\(result.environment.cores) cores, \(Quantity(Double(result.environment.memory), .bytes).text)"),
            FactView("Swift", result.environment.swift),
            FactView("started", result.startedAt),
            FactView("finished", result.finishedAt),
        ]
        facts += result.environment.limits.sorted { $0.key < $1.key }.map { FactView($0.key, $0.value) }
        return facts
    }
}
