/// A metric that a comparison of backends shows, and which direction is better.
struct ComparisonMetric: Sendable {
    /// What makes one value better than another.
    enum Direction: String, Sendable {
        case lower, higher
        /// Neither: the number describes, it does not judge.
        case neither
    }

    /// The group of rows it belongs to.
    let group: String
    /// The metric's path.
    let path: String
    /// What it is called.
    let title: String
    /// Which value is better.
    let better: Direction

    /// The rows of a comparison in their order.
    static let all: [ComparisonMetric] = [
        Self("Negotiation", "negotiation.completion", "Completion", .higher),
        Self("Negotiation", "negotiation.time.p50", "Time to negotiated, p50", .lower),
        Self("Negotiation", "negotiation.time.p99", "Time to negotiated, p99", .lower),
        Self("Fan-out", "fanout.latency.p50", "Latency, p50", .lower),
        Self("Fan-out", "fanout.latency.p99", "Latency, p99", .lower),
        Self("Fan-out", "fanout.last.p50", "Last receiver, p50", .lower),
        Self("Fan-out", "fanout.last.p99", "Last receiver, p99", .lower),
        Self("Amplification", "amplification.messages", "Deliveries for each useful one", .lower),
        Self("Amplification", "amplification.predicted", "The same, predicted", .neither),
        Self("Amplification", "amplification.remote", "The same without own echoes", .lower),
        Self("Amplification", "amplification.bytes", "Bytes for each useful byte", .lower),
        Self("Messages", "messages.sent", "Messages sent", .neither),
        Self("Messages", "deliveries.total", "Deliveries", .neither),
        Self("Messages", "deliveries.useful", "Useful deliveries", .neither),
        Self("Messages", "deliveries.overheard", "Overheard deliveries", .lower),
        Self("Messages", "deliveries.echo", "Own echoes", .lower),
        Self("Messages", "deliveries.lost", "Lost", .lower),
        Self("Messages", "deliveries.duplicate", "Duplicate", .lower),
        Self("Messages", "deliveries.reordered", "Reordered", .lower),
        Self("Messages", "bytes.sent", "Bytes sent", .neither),
        Self("Messages", "bytes.delivered", "Bytes delivered", .lower),
        Self("Messages", "bytes.useful", "Useful bytes", .neither),
        Self("Cost", "backend.cpu", "Backend, processor", .lower),
        Self("Cost", "backend.rss", "Backend, memory", .lower),
        Self("Cost", "backend.deliveriesPerCpuSecond", "Backend, deliveries per CPU second", .higher),
        Self("Cost", "generator.cpu", "Generator, processor", .neither),
        Self("Cost", "generator.rss", "Generator, memory", .neither),
    ]

    private init(_ group: String, _ path: String, _ title: String, _ better: Direction) {
        self.group = group
        self.path = path
        self.title = title
        self.better = better
    }
}
