extension MetricCatalogue {
    static let negotiation: [MetricInfo] = [
        MetricInfo(
            "negotiation.expected", .count,
            "Pairs of our agents of one room of whom one is planned to call while both are present, for at least the timeout "
                + "before either's planned leave or the end of steady."),
        MetricInfo(
            "negotiation.censored", .count, "Pairs with less time than that; in no other figure of negotiation."),
        MetricInfo(
            "negotiation.negotiated", .count,
            "Expected pairs of which both ends became stable on the same offer and answer."),
        MetricInfo(
            "negotiation.connectable", .count,
            "Of these, pairs of which each side applied a candidate of the other and received its last; all of them when "
                + "nothing trickles."),
        MetricInfo(
            "negotiation.completion", .ratio,
            "Connectable ÷ expected pairs, censored ones excluded; absent when none is expected."),
        MetricInfo("negotiation.failed.<reason>", .count, "Expected pairs that did not become connectable: <reason>."),
        MetricInfo(
            "negotiation.foreign.expected", .count,
            "Pairs of an agent with a peer that is not ours; in no other figure."),
        MetricInfo("negotiation.foreign.negotiated", .count, "Of these, pairs that our end held stable at the end."),
        MetricInfo(
            "negotiation.time.<quantile>", .milliseconds,
            "from the first planned call by either member at which both were planned to be joined, to connectable; expected "
                + "pairs that became so; those that did not are censored at the timeout."),
        MetricInfo(
            "negotiation.planned.<quantile>", .milliseconds,
            "think and trickle time that the plan itself put into these pairs."),
    ]

    static let latencies: [MetricInfo] = [
        MetricInfo(
            "fanout.latency.<quantile>", .milliseconds,
            "receipt − intended send of chatter at every other member; intended time inside steady, own echo excluded."),
        MetricInfo(
            "fanout.uncorrected.<quantile>", .milliseconds,
            "the same from the actual send: what a tool reports that does not correct for its own delay."),
        MetricInfo(
            "fanout.first.<quantile>", .milliseconds, "the first receipt of each broadcast − its intended send."),
        MetricInfo(
            "fanout.median.<quantile>", .milliseconds, "the median receipt of each broadcast − its intended send."),
        MetricInfo(
            "fanout.last.<quantile>", .milliseconds, "the last required receipt of each broadcast − its intended send."),
        MetricInfo("fanout.skew.<quantile>", .milliseconds, "last − first receipt of each broadcast."),
        MetricInfo(
            "fanout.signaling.latency.<quantile>", .milliseconds,
            "receipt at every other member − the moment a room-wide signaling message was due; whole run."),
        MetricInfo(
            "fanout.signaling.first.<quantile>", .milliseconds, "the first receipt of each of these − when it was due."),
        MetricInfo(
            "fanout.signaling.median.<quantile>", .milliseconds,
            "the median receipt of each of these − when it was due."),
        MetricInfo(
            "fanout.signaling.last.<quantile>", .milliseconds,
            "the last required receipt of each of these − when it was due."),
        MetricInfo("fanout.signaling.skew.<quantile>", .milliseconds, "last − first receipt of each of these."),
        MetricInfo("arrivals.lateness.<quantile>", .milliseconds, "dial − planned arrival of each session."),
        MetricInfo(
            "delivery.<type>.<quantile>", .milliseconds,
            "receipt − intended send of every <type> at every other member, overheard included, whole run."),
        MetricInfo(
            "session.login.<quantile>", .milliseconds,
            "planned arrival to the ticket of the HTTP login, where the backend has one; once a session, failures "
                + "censored."
        ),
        MetricInfo(
            "session.connect.<quantile>", .milliseconds,
            "planned arrival to welcome; once a session, those that were never let in censored."),
        MetricInfo(
            "session.join.<quantile>", .milliseconds,
            "planned arrival to joined, the join grace included where joins are not confirmed; once a session, those that "
                + "were never let in censored."
        ),
        MetricInfo(
            "session.reconnect.<quantile>", .milliseconds,
            "connection lost to joined again; sessions that did not come back censored."),
        MetricInfo(
            "session.backpressure.<quantile>", .milliseconds,
            "time that a send waited for the backend: window or polling."),
    ]

    static let processes: [MetricInfo] = [
        MetricInfo("generator.cpu", .cores, "Processor time of this process ÷ wall time, T0 to the end."),
        MetricInfo("generator.rss", .bytes, "Greatest resident memory of this process."),
        MetricInfo(
            "generator.busiestLoop", .cores,
            "Share of a core that the busiest event loop used over steady; over the whole run without one."),
        MetricInfo(
            "generator.loopLag.<quantile>", .milliseconds,
            "how late the event loops ran a probe on an absolute 10 ms schedule; every missed tick is a sample."),
        MetricInfo(
            "generator.sendLateness.<quantile>", .milliseconds,
            "handed to the socket − the later of the planned time and the moment its precondition held, for what "
                + "was due in steady; waiting for the backend excluded."),
        MetricInfo(
            "generator.sendLatenessOutside.<quantile>", .milliseconds,
            "the same for what was due before or after steady."),
        MetricInfo(
            "generator.deliveriesPerCpuSecond", .perSecond, "Deliveries ÷ processor seconds of this process."),
        MetricInfo(
            "backend.cpu", .cores,
            "Processor time of the backend's process ÷ wall time; absent when its pid is unknown."),
        MetricInfo("backend.rss", .bytes, "Greatest resident memory of the backend's process."),
        MetricInfo(
            "backend.throttled.time", .milliseconds,
            "Processor time that the quotas of the plan's faults withheld from the backend, of all cores together, by the count "
                + "of the kernel; absent without such faults."),
        MetricInfo(
            "backend.deliveriesPerCpuSecond", .perSecond, "Deliveries ÷ processor seconds of the backend's process."),
    ]
}
