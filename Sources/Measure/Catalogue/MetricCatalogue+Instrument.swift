extension MetricCatalogue {
    /// What the instrument itself takes, and what the packets say of it.
    static let instrument: [MetricInfo] =
        ["p50", "p99"].map { name in
            MetricInfo(
                "floor.<distribution>.\(name)", .milliseconds,
                "\(name) of <distribution> of the same plan in small against a relay in this process: what the machine takes "
                    + "without a backend; in runs of 30 s and more.")
        } + [
            MetricInfo(
                "audit.messages", .count,
                "Different messages of ours in packets to the backend; with --audit, as all of these."),
            MetricInfo("audit.deliveries", .count, "Messages of ours in packets from the backend, once a receiver."),
            MetricInfo(
                "audit.dropped", .count,
                "Packets that the capture missed; when there are any, nothing else of the audit is given."),
            MetricInfo("audit.fanout.samples", .count, "Deliveries that audit.fanout times."),
        ]
        + AuditReport.quantiles.flatMap { name, _ in
            [
                MetricInfo(
                    "audit.fanout.\(name)", .milliseconds,
                    "\(name) from the packet of each chatter message of steady to the packet of each of its deliveries to "
                        + "another connection."),
                MetricInfo(
                    "audit.error.\(name)", .milliseconds,
                    "fanout.uncorrected.\(name) − audit.fanout.\(name): what the driver adds."),
            ]
        }
}
