package import Signaling

/// Turns the outcomes of all pairs into the report's funnel, failures and worst pairs.
package struct NegotiationAssembly: Sendable {
    private let expected: [PairOutcome]
    private let origin: Instant
    private let roomNames: [String]
    private let hasByes: Bool

    private static let worstKept = 10

    /// - Parameters:
    ///   - pairs: of all loops.
    ///   - origin: T0.
    ///   - roomNames: by plan index.
    ///   - hasByes: whether the plan hangs up, so that the funnel has that step.
    package init(pairs: [PairOutcome], origin: Instant, roomNames: [String], hasByes: Bool) {
        self.expected = pairs.filter { !$0.progress.isCensored }
        self.origin = origin
        self.roomNames = roomNames
        self.hasByes = hasByes
    }

    package func report() -> NegotiationReport {
        var failures: [String: Int] = [:]
        for pair in self.expected {
            if let reason = pair.progress.failure { failures[reason.rawValue, default: 0] += 1 }
        }
        return NegotiationReport(funnel: self.funnel(), failures: failures, worst: self.worst())
    }

    /// Each step counts the pairs that reached it and every step before.
    private func funnel() -> [NegotiationReport.FunnelStep] {
        guard !self.expected.isEmpty else { return [] }
        var steps: [(name: String, reached: (PairProgress) -> Bool)] = [
            ("call", { $0.steps.contains(.callReceived) || $0.steps.contains(.responseSent) }),
            ("response", { $0.steps.contains(.responseReceived) }),
            ("offer", { $0.steps.contains(.offerReceived) }),
            ("answer", { $0.negotiatedAt != nil }),
            ("candidates", { $0.connectableAt != nil }),
        ]
        if self.hasByes { steps.append(("bye", { $0.steps.contains(.byeReceived) })) }
        var funnel = [NegotiationReport.FunnelStep(name: "expected", count: self.expected.count, lost: 0)]
        var remaining = self.expected
        for step in steps {
            var reasons: [String: Int] = [:]
            var reached: [PairOutcome] = []
            for pair in remaining {
                if step.reached(pair.progress) {
                    reached.append(pair)
                } else {
                    reasons[pair.progress.failure?.rawValue ?? "noBye", default: 0] += 1
                }
            }
            funnel.append(
                .init(name: step.name, count: reached.count, lost: remaining.count - reached.count, reasons: reasons))
            remaining = reached
        }
        return funnel
    }

    private func worst() -> [NegotiationReport.WorstPair] {
        let candidates = self.expected.filter { !$0.history.isEmpty || $0.progress.connectableAt == nil }
        return candidates.sorted(by: PairOutcome.isWorse).prefix(Self.worstKept).map { pair in
            let progress = pair.progress
            let room = Int(progress.room)
            return NegotiationReport.WorstPair(
                room: room < self.roomNames.count ? self.roomNames[room] : "\(room)",
                a: Self.name(pair.agentA), b: Self.name(pair.agentB),
                reason: progress.failure?.rawValue ?? "slow",
                milliseconds: progress.time.map { Double($0) / 1e6 },
                events: pair.history.map { self.event($0, of: pair) })
        }
    }

    private func event(_ event: PairEvent, of pair: PairOutcome) -> NegotiationReport.Event {
        let isA = event.session == pair.progress.sessionA
        return NegotiationReport.Event(
            t: Double(event.at - self.origin) / 1e9,
            from: Self.name(isA ? pair.agentA : pair.agentB),
            to: Self.name(isA ? pair.agentB : pair.agentA),
            kind: event.kind.name, note: "\(event.note)")
    }

    private static func name(_ agent: Int32) -> String { "agent \(agent)" }
}
