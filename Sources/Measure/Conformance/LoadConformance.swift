/// Requirements of the conformance catalogue that a load run saw broken.
///
/// A run's ledger and pair log are the streaming form of the checkers of single cases; what they count is told under the
/// same ids.
package enum LoadConformance {
    /// One requirement.
    package struct Violation: Codable, Equatable, Sendable {
        /// The case of the catalogue.
        package var id: String
        /// Deliveries or pairs that broke it.
        package var count: Int
        /// What happened, in a few words.
        package var text: String

        package init(id: String, count: Int, text: String) {
            self.id = id
            self.count = count
            self.text = text
        }
    }

    private static let metrics: [(path: String, anomaly: Anomaly)] = [
        ("deliveries.lost", .lost), ("deliveries.duplicate", .duplicated), ("deliveries.stray", .unexpected),
        ("deliveries.reordered", .reordered), ("deliveries.corrupted", .altered),
    ]

    /// Every requirement that was broken, in the catalogue's order of groups.
    ///
    /// - Parameters:
    ///   - metrics: the run's, by path.
    ///   - failures: expected pairs that did not become connectable, by reason.
    ///   - isPerfect: whether agents resolve glare; the published client's deadlock is its own.
    /// - Returns: one entry for each requirement.
    package static func violations(
        metrics: [String: Double], failures: [String: Int], isPerfect: Bool
    ) -> [Violation] {
        var found = self.metrics.compactMap { path, anomaly -> Violation? in
            guard let count = metrics[path], count > 0, let id = anomaly.caseID else { return nil }
            return Violation(id: id, count: Int(count), text: "\(Int(count)) deliveries \(anomaly.rawValue)")
        }
        for (name, count) in failures.sorted(by: { $0.key < $1.key }) where count > 0 {
            let id: String? =
                switch FailureReason(rawValue: name) {
                case .glare: isPerfect ? "NEG-04" : nil
                case .falseStable: isPerfect ? "NEG-01" : nil
                case .candidateLost: "ORD-03"
                case .noResponse, .offerTimeout, .answerTimeout: isPerfect ? "NEG-02" : nil
                // A pair without one of its members, or refused by it, says nothing of what the backend carries; an
                // altered description is among the corrupted deliveries already.
                case .refusedMax, .peerGone, .backendRefused, .altered, nil: nil
                }
            if let id { found.append(Violation(id: id, count: count, text: "\(count) pairs: \(name)")) }
        }
        return found
    }
}
