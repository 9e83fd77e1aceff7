extension MetricCatalogue {
    static let agents: [MetricInfo] = [
        MetricInfo("agents.requested", .count, "Agents that the plan asks for."),
        MetricInfo("agents.connected", .count, "Agents welcomed and joined at least once in the whole run."),
        MetricInfo(
            "agents.disconnected", .count,
            "Connections lost that the plan did not end, whole run; planned leaves and the end of the run excluded."),
        MetricInfo(
            "agents.refused", .count,
            "Agents that never got in: the dial failed, the backend refused, or it never answered."),
        MetricInfo(
            "agents.unconfirmed", .count,
            "Joins that the backend did not confirm and that the join grace stood in for."),
        MetricInfo("agents.reconnects", .count, "Connections made again after an unplanned loss."),
        MetricInfo("rooms.count", .count, "Rooms of the plan."),
        MetricInfo("rooms.complete", .count, "Rooms whose whole planned mesh became connectable."),
        MetricInfo(
            "rooms.completeAt.max", .milliseconds, "When the last of these rooms did, from T0; absent when none did."),
        MetricInfo("backend.errors", .count, "Errors that the backend answered with."),
        MetricInfo(
            "sessions.planned", .count,
            "Sessions of the plan that began, all of an agent's: joined + refused + unconfirmed + excused."),
        MetricInfo(
            "sessions.joined", .count,
            "Of these, sessions that the backend let in, by its own word or by a delivery in the room."),
        MetricInfo(
            "sessions.refused", .count,
            "Of these, sessions that never became members: dial failed, refused, or without an answer to their end."),
        MetricInfo(
            "sessions.unconfirmed", .count,
            "Of these, sessions whose join was taken for granted after the grace, and that nothing confirmed."),
        MetricInfo(
            "sessions.unheard", .count,
            "Of the unconfirmed, sessions that heard nothing although others had spoken to their room a second before "
                + "they ended: breaks the contract's AGENTS."),
        MetricInfo(
            "sessions.excused", .count,
            "Of these, sessions that the plan ended within a second of their arrival, before anything had answered."),
        MetricInfo(
            "sessions.superseded", .count, "Connections whose successor was there before they had closed."),
        MetricInfo(
            "sessions.lost", .count,
            "Of the joined and unconfirmed, sessions that lost their connection and did not get it back."),
        MetricInfo(
            "foreign.members", .count, "Members of this run's rooms that are not its agents; absent without any."),
    ]

    static let messages: [MetricInfo] = [
        MetricInfo(
            "messages.sent", .count, "Messages of every type handed to a socket; the backend's own protocol excluded."),
        MetricInfo(
            "messages.unsent", .count, "Messages that fell due and were never sent: the sum of its reasons."),
        MetricInfo("messages.unsent.<unsent>", .count, "Messages that fell due and were never sent: <unsent>."),
        MetricInfo("messages.late", .count, "Messages handed to the socket more than 5 ms after they were due."),
    ]

    static let deliveries: [MetricInfo] = [
        MetricInfo(
            "deliveries.total", .count,
            "Receipts of every type at all agents: useful + overheard + echo + duplicate + stray; control and foreign excluded."
        ),
        MetricInfo(
            "deliveries.useful", .count,
            "Receipts that pass the filter: not one's own, and for the room or for this agent."),
        MetricInfo("deliveries.overheard", .count, "Receipts addressed to somebody else."),
        MetricInfo("deliveries.echo", .count, "Receipts of one's own message."),
        MetricInfo("deliveries.duplicate", .count, "Second and further receipts of one message at one agent."),
        MetricInfo(
            "deliveries.stray", .count, "Receipts in a room, or at a time, where the receiver could not be a member."),
        MetricInfo("deliveries.control", .count, "Messages of the backend's own protocol; in no other total."),
        MetricInfo("deliveries.foreign", .count, "Messages without this run's tag; in no other total."),
        MetricInfo(
            "deliveries.expected", .count,
            "Receipts required: the join was confirmed before the send and the receiver had not begun to leave; own echo "
                + "included where the backend echoes. Messages that were due and never left are owed too. Exactly delivered + "
                + "censored + excused."),
        MetricInfo("deliveries.delivered", .count, "Of the expected, receipts that came."),
        MetricInfo(
            "deliveries.overdue", .count,
            "Of the delivered, receipts later than half a minute: their distribution has them among the censored, with their "
                + "age then."),
        MetricInfo(
            "deliveries.censored", .count, "Of the expected, receipts without a value: lost + unsent."),
        MetricInfo("deliveries.unsent", .count, "Of the expected, receipts of messages that were due and never left."),
        MetricInfo(
            "deliveries.excused", .count,
            "Of the expected, receipts that a planned leave took away within its horizon: sent less than 1 s, or four times the "
                + "p99, before it, at most the drain."),
        MetricInfo(
            "deliveries.lost", .count,
            "Of the expected, receipts of messages that left and had not arrived when the drain ended; absent when none was "
                + "required."),
        MetricInfo("deliveries.grey", .count, "Receipts that were allowed and not required; in the total."),
        MetricInfo(
            "deliveries.reordered", .count,
            "Receipts behind a later message of the same sender, receiver and stream; absent without receipts."),
        MetricInfo(
            "deliveries.corrupted", .count,
            "Of the verified receipts, those whose digest differs; absent when none was verified."),
        MetricInfo(
            "deliveries.verified", .count,
            "Receipts whose body digest was compared: those addressed to the agent, and chatter."),
    ]

    static let kinds: [MetricInfo] = [("signaling", "every type but chatter"), ("chatter", "chatter alone")].flatMap {
        name, words in
        [
            MetricInfo("\(name).sent", .count, "Messages handed to a socket, \(words)."),
            MetricInfo("\(name).deliveries", .count, "Receipts of every class but foreign, \(words)."),
            MetricInfo("\(name).useful", .count, "Receipts that pass the filter, \(words)."),
            MetricInfo("\(name).overheard", .count, "Receipts addressed to somebody else, \(words)."),
            MetricInfo("\(name).echo", .count, "Receipts of one's own message, \(words)."),
            MetricInfo("\(name).duplicate", .count, "Second and further receipts, \(words)."),
            MetricInfo("\(name).stray", .count, "Receipts where or when none was allowed, \(words)."),
        ]
    }

    static let bytes: [MetricInfo] = [
        MetricInfo(
            "bytes.sent", .bytes, "JSON of the messages sent, tag included; backend envelope and framing excluded."),
        MetricInfo("bytes.delivered", .bytes, "JSON of all receipts but foreign ones, envelope and framing excluded."),
        MetricInfo("bytes.useful", .bytes, "Of these, receipts that pass the filter."),
        MetricInfo("bytes.overheard", .bytes, "Of these, receipts addressed to somebody else."),
        MetricInfo("bytes.echo", .bytes, "Of these, receipts of one's own message."),
        MetricInfo(
            "wire.bytes.sent", .bytes, "Bytes handed to the sockets, framing and the backend's protocol included."),
        MetricInfo(
            "wire.bytes.received", .bytes, "Bytes read from the sockets, framing and the backend's protocol included."),
        MetricInfo(
            "wire.messages.received", .count,
            "Messages or packets of the carrier that were read: signals, and what the backend's protocol says beside them."
        ),
    ]

    static let amplification: [MetricInfo] = [
        MetricInfo(
            "amplification.messages", .factor,
            "Σ deliveries ÷ Σ useful over all rooms, a ratio of sums; signaling types only, chatter excluded."),
        MetricInfo("amplification.bytes", .factor, "Σ bytes delivered ÷ Σ bytes useful; signaling types only."),
        MetricInfo(
            "amplification.remote", .factor,
            "Σ (deliveries − own echoes) ÷ Σ useful; signaling types only; compares backends whose echo differs."),
        MetricInfo(
            "amplification.wire", .factor, "wire.bytes.received ÷ Σ bytes useful, every type; what is billed."),
        MetricInfo(
            "amplification.predicted", .factor,
            "Closed form summed over the rooms, deliveries ÷ useful; absent under churn, vanishing, a binding maximum of "
                + "connections, foreign members, or calls within a spread."),
    ]
}
