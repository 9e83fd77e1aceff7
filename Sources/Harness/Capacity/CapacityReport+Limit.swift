package import Measure

extension CapacityReport {
    /// What ran out first, as far as the figures tell.
    package struct Exhaustion: Codable, Equatable, Sendable {
        package enum Kind: String, Codable, Sendable {
            /// The generator, or what the machine or the search allows it.
            case generator
            /// A limit of the server's, by the cause that it gave.
            case serversLimit
            /// The cores of the machine that both share.
            case machine
            /// The processor time of the backend: it was at whole cores, or took no more of it for more load.
            case backendCPU
            /// A queue that grew: latencies did, processor time was left.
            case queue
            /// Nothing of these.
            case unknown
        }

        package var kind: Kind
        package var text: String

        package init(_ kind: Kind, _ text: String) {
            self.kind = kind
            self.text = text
        }
    }

    /// Tells what ran out first at the end of a search.
    ///
    /// - Parameter answer: how it ended.
    /// - Returns: nil when no load failed.
    package func exhaustion(_ answer: CapacityAnswer) -> Exhaustion? {
        if answer.kind == .atLeast || answer.kind == .unknown {
            return answer.limit.map { Exhaustion(.generator, $0) }
        }
        guard let upper = answer.upper, let broken = self.mean(at: upper, .fail) else { return nil }
        let carried = answer.lower.flatMap { self.mean(at: $0, .pass) }
        if let cause = broken.cause { return Exhaustion(.serversLimit, cause) }
        let (backend, generator) = (broken.backendCPU ?? 0, broken.generatorCPU ?? 0)
        if let cores = self.cores, backend + generator >= 0.9 * Double(cores) {
            return Exhaustion(
                .machine,
                "backend \(FixedDecimal.text(backend, decimals: 2)) and generator "
                    + "\(FixedDecimal.text(generator, decimals: 2)) of \(cores) cores")
        }
        // A backend of one thread ends at one core, one of four at four.
        if backend >= 0.9, (backend - backend.rounded()).magnitude <= 0.1 {
            return Exhaustion(.backendCPU, "the backend was at \(FixedDecimal.text(backend, decimals: 2)) cores")
        }
        if let slow = broken.p99, let fast = carried?.p99, slow > 2 * fast {
            return Exhaustion(
                .queue,
                "p99 grew from \(FixedDecimal.short(fast)) to \(FixedDecimal.short(slow)) ms, with the backend at "
                    + "\(FixedDecimal.text(backend, decimals: 2)) cores")
        }
        return Exhaustion(.unknown, "no figure stands out")
    }

    private struct Means {
        var backendCPU: Double?
        var generatorCPU: Double?
        var p99: Double?
        var cause: String?
    }

    /// The means of the trials of a load that ended in one way.
    private func mean(at load: Double, _ outcome: CapacityTrial.Outcome) -> Means? {
        let entries = self.trials.filter { $0.trial.load == load && $0.trial.outcome == outcome }
        guard !entries.isEmpty else { return nil }
        func mean(_ value: (Entry) -> Double?) -> Double? {
            let known = entries.compactMap(value)
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
        return Means(
            backendCPU: mean(\.backendCPU), generatorCPU: mean(\.generatorCPU), p99: mean(\.fanoutP99),
            cause: entries.lazy.compactMap(\.cause).first)
    }
}
