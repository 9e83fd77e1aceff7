/// What the instrument itself takes on this machine: quantiles of the same plan in small against a relay in its own
/// process.
package struct FloorReport: Sendable, Equatable {
    private var figures: [(path: String, name: String, milliseconds: Double)] = []

    /// Distributions that a floor says something of; what the plan puts in, or only this machine, is none.
    package static let probes: [Probe] = [
        .fanout, .fanoutUncorrected, .fanoutFirst, .fanoutMedian, .fanoutLast, .fanoutSkew, .signalingFanout,
        .signalingFirst, .signalingMedian, .signalingLast, .signalingSkew, .sessionConnect, .sessionJoin,
    ]

    /// - Parameter samples: of the small run.
    package init(_ samples: LoopSamples) {
        for probe in Self.probes {
            for (name, level) in [("p50", 0.5), ("p99", 0.99)] {
                guard let value = samples[probe].quantile(level)?.milliseconds else { continue }
                self.figures.append((probe.path, name, value))
            }
        }
    }

    /// `floor.<distribution>.p50` and `.p99`.
    package var metrics: [String: Double] {
        Dictionary(self.figures.map { ("floor.\($0.path).\($0.name)", $0.milliseconds) }) { first, _ in first }
    }

    package static func == (left: Self, right: Self) -> Bool { left.metrics == right.metrics }

    /// What is less than this many floors is partly the instrument's.
    package static let margin = 3.0

    /// One sentence for each quantile of `paths` that is not well above its floor.
    ///
    /// - Parameters:
    ///   - paths: distributions.
    ///   - metrics: a run's, with its floor.
    /// - Returns: none when all are, or there is no floor.
    package static func remarks(_ paths: [String], in metrics: [String: Double]) -> [String] {
        paths.flatMap { path in
            ["p50", "p99"].compactMap { name in
                guard let floor = metrics["floor.\(path).\(name)"], let value = metrics["\(path).\(name)"],
                    metrics["\(path).\(name).censored"] == nil, value < floor * Self.margin
                else { return nil }
                let share = value < floor ? "below the floor" : "below three times the floor"
                return "\(path).\(name) is \(Self.text(value)) ms, \(share) of \(Self.text(floor)) ms that this "
                    + "machine takes without a backend: much of it is the instrument's"
            }
        }
    }

    private static func text(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
