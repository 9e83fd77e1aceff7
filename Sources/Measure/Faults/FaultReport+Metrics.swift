extension FaultReport {
    /// The kinds that a metric's path may name: those that a profile knows.
    package static let kinds = [
        "delay", "throttle", "stall", "cut", "reset", "refuse", "split", "glue", "kill", "stop", "restart", "cpu",
        "vanish",
        "reconnectAll", "slowReader",
    ]

    /// The metrics of a run's faults by kind: of several faults of a kind times and peaks are the worst, counts the sums.
    ///
    /// - Parameter faults: the run's.
    /// - Returns: by path; a time that did not end with the run has a `.censored` beside it.
    package static func metrics(of faults: [FaultReport]) -> [String: Double] {
        var all: [String: Double] = [:]
        for (kind, faults) in Dictionary(grouping: faults, by: \.kind) {
            let path = "fault.\(kind)"
            all["\(path).recovery.time"] = faults.map(\.recovery).max()
            let unrecovered = faults.count { !$0.recovered }
            if unrecovered > 0 { all["\(path).recovery.time.censored"] = Double(unrecovered) }
            all["\(path).firstDelivery.time"] = faults.compactMap(\.firstDelivery).max()
            all["\(path).backlog.time"] = faults.map(\.backlog).max()
            all["\(path).reconnects"] = Self.sum(faults) { Double($0.during.reconnects + $0.after.reconnects) }
            all["\(path).reconnects.peak"] = faults.map { Double($0.peakReconnects) }.max()
            all["\(path).calls.met"] = Self.sum(faults) { Double($0.calls.met) }
            all["\(path).calls.resumed"] = Self.sum(faults) { Double($0.calls.resumed) }
            all["\(path).calls.restarted"] = Self.sum(faults) { Double($0.calls.restarted) }
            all["\(path).calls.lost"] = Self.sum(faults) { Double($0.calls.lost) }
            for (name, window) in Self.windows {
                let windows = faults.map(window)
                let place = "\(path).\(name)"
                all["\(place).deliveries"] = Self.sum(windows) { Double($0.deliveries) }
                all["\(place).lost"] = Self.sum(windows) { Double($0.lost) }
                all["\(place).unsent"] = Self.sum(windows) { Double($0.unsent) }
                for (distribution, latencies) in [
                    ("fanout", windows.compactMap(\.fanout)), ("signaling", windows.compactMap(\.signaling)),
                ] {
                    Self.quantiles(latencies, "\(place).\(distribution)", into: &all)
                }
            }
        }
        return all
    }

    /// The windows by their names in paths.
    package static let windows: [(name: String, window: @Sendable (FaultReport) -> Window)] = [
        ("before", { $0.before }), ("during", { $0.during }), ("after", { $0.after }),
    ]

    private static func sum<Each>(_ all: [Each], _ value: (Each) -> Double) -> Double {
        all.reduce(0) { $0 + value($1) }
    }

    private static func quantiles(_ latencies: [Latency], _ path: String, into all: inout [String: Double]) {
        guard !latencies.isEmpty else { return }
        all["\(path).samples"] = Self.sum(latencies) { Double($0.samples) }
        let censored = Self.sum(latencies) { Double($0.censored) }
        if censored > 0 { all["\(path).censored"] = censored }
        // A percentile among what never came has no value in any of them, and no worst one.
        let figures: [(String, KeyPath<Latency, Double?>)] = [("p50", \.p50), ("p90", \.p90), ("p99", \.p99)]
        for (name, figure) in figures {
            let values = latencies.compactMap { $0[keyPath: figure] }
            if values.count == latencies.count { all["\(path).\(name)"] = values.max() }
        }
    }
}

extension MetricCatalogue {
    static let faults: [MetricInfo] =
        [
            MetricInfo(
                "fault.<fault>.recovery.time", .milliseconds,
                "From the end of a <fault> until a delivery had come, nothing was due from before, and everybody was back; the worst "
                    + "of them, and the time to the end of the run when it never happened."),
            MetricInfo(
                "fault.<fault>.recovery.time.censored", .count,
                "Faults of kind <fault> from which the run had not recovered when it ended; absent when none."),
            MetricInfo(
                "fault.<fault>.firstDelivery.time", .milliseconds,
                "From the end of a <fault> to the first delivery, the worst of them; absent when none came."),
            MetricInfo(
                "fault.<fault>.backlog.time", .milliseconds,
                "From the end of a <fault> to the last delivery of what had been due before it, the worst of them; 0 when nothing had "
                    + "waited."),
            MetricInfo(
                "fault.<fault>.reconnects", .count,
                "Members that were back after a lost connection, from the beginning of a <fault> to the next fault."),
            MetricInfo(
                "fault.<fault>.reconnects.peak", .perSecond,
                "Connections that were begun again in the worst second from the beginning of a <fault> to the next fault."
            ),
            MetricInfo(
                "fault.<fault>.calls.met", .count,
                "Expected pairs that were negotiating during a <fault>, or lost an end's connection to it."),
            MetricInfo(
                "fault.<fault>.calls.resumed", .count,
                "Of the pairs that a <fault> met, those that became connectable with the connections that they had."),
            MetricInfo(
                "fault.<fault>.calls.restarted", .count,
                "Of the pairs that a <fault> met, those that became connectable after an end had lost its connection."),
            MetricInfo(
                "fault.<fault>.calls.lost", .count, "Of the pairs that a <fault> met, those that never came back."),
        ]
        + FaultReport.windows.map(\.name).flatMap { window in
            let words = "\(window) a <fault>"
            let place = "fault.<fault>.\(window)"
            return [
                MetricInfo(
                    "\(place).deliveries", .count,
                    "First receipts at members other than the sender of messages that were due \(words)."),
                MetricInfo(
                    "\(place).lost", .count,
                    "Required deliveries of messages due \(words) that left and never came."),
                MetricInfo(
                    "\(place).unsent", .count, "Required deliveries of messages due \(words) that never left."),
            ]
                + ["fanout", "signaling"].flatMap { name in
                    let what = name == "fanout" ? "chatter" : "signaling messages"
                    return [
                        MetricInfo(
                            "\(place).\(name).samples", .count, "Deliveries of \(what) that were due \(words)."),
                        MetricInfo(
                            "\(place).\(name).censored", .count,
                            "Required deliveries of \(what) due \(words) that never came; absent when none."),
                    ]
                        + ["p50", "p90", "p99"].map { quantile in
                            MetricInfo(
                                "\(place).\(name).\(quantile)", .milliseconds,
                                "Receipt − intended send of \(what) at every other member, due \(words): \(quantile), of several "
                                    + "such faults the worst; absent when it falls among what never came.")
                        }
                }
        }
}
