/// How a run is judged: four values, because "the instrument was not fit" is neither a pass nor a failure.
package enum Verdict: String, Codable, CaseIterable, Sendable {
    /// The contract and every gate held, and the instrument was fit.
    case pass
    /// A case of the contract or a gate did not hold, or the backend was lost and the plan did not say so.
    case fail
    /// The run proves nothing: the generator was saturated, samples were missing, fewer agents than asked.
    case invalid
    /// The user ended the run before the plan did.
    case interrupted

    /// The order in which one verdict hides another.
    package static let precedence: [Verdict] = [.interrupted, .invalid, .fail, .pass]

    /// The number that the process ends with: 0, 1, 2 or 130.
    package var exitCode: Int32 {
        switch self {
        case .pass: 0
        case .fail: 1
        case .invalid: 2
        case .interrupted: 130
        }
    }

    /// The verdict of two parts that are judged together.
    ///
    /// - Parameter other: The other part's verdict.
    /// - Returns: Whichever of the two hides the other.
    package func combined(with other: Verdict) -> Verdict {
        Self.combine([self, other])
    }

    /// The one verdict of several.
    ///
    /// - Parameter verdicts: The verdicts of gates, of validity and of the run's ending.
    /// - Returns: The first of ``precedence`` among them; a pass when there are none.
    package static func combine(_ verdicts: some Sequence<Verdict>) -> Verdict {
        let all = Set(verdicts)
        return Self.precedence.first(where: all.contains) ?? .pass
    }
}
