extension Capabilities {
    /// How a message with `sendto` travels.
    package enum Directed: String, Codable, Sendable {
        /// To every member; the receiver filters.
        case broadcast
        /// To its target only.
        case routed
        /// To its target only, by a topic of the target's own beside the room's.
        case inbox = "both"
    }

    /// Who fills in `from`.
    package enum Authority: String, Codable, Sendable {
        case client
        case server
    }

    /// Who tells that a member left.
    package enum Departure: String, Codable, Sendable {
        case none
        /// The member itself, by `bye`.
        case bye
        /// The backend.
        case server
    }

    /// What receivers agree on.
    package enum Order: String, Codable, Sendable {
        case none
        /// Each sender's messages in the order sent.
        case fifo
        /// And none before what caused it.
        case causal
        /// All receivers see the same order.
        case total
    }

    /// How often a message arrives.
    package enum Delivery: String, Codable, Sendable {
        case atMostOnce = "at-most-once"
        case atLeastOnce = "at-least-once"
        case exactlyOnce = "exactly-once"
    }

    /// What the sender learns.
    package enum Acknowledgement: String, Codable, Sendable {
        case none
        case accepted
        case delivered
    }

    /// What becomes of a message for an unknown member.
    package enum UnknownTarget: String, Codable, Sendable {
        case drop
        case error
    }

    /// What happens to a member that does not read.
    package enum SlowConsumer: String, Codable, Sendable {
        case disconnect
        case dropOldest
        case dropNewest
        case block
    }

    /// What becomes of a message over the limit.
    package enum Oversize: String, Codable, Sendable {
        case error
        case close
        case drop
    }

    /// Who checks that the other end still lives.
    package struct Heartbeat: Codable, Equatable, Sendable {
        package enum Party: String, Codable, Sendable {
            case server
            case client
        }

        package var by: Party
        package var intervalMs: Int
        package var timeoutMs: Int

        package init(by: Party, intervalMs: Int, timeoutMs: Int) {
            self.by = by
            self.intervalMs = intervalMs
            self.timeoutMs = timeoutMs
        }
    }

    /// The declaration as a report prints it: path in the vocabulary to value.
    package var declared: [String: String] {
        var all = [
            "selfEcho": String(self.selfEcho),
            "directed": self.directed == .inbox ? "routed (inbox)" : self.directed.rawValue,
            "identity.fromAuthority": self.fromAuthority.rawValue,
            "join.confirmed": String(self.joinConfirmed),
            "presence.join": String(self.presenceJoin),
            "presence.leave": self.presenceLeave.rawValue,
            "order": self.order.rawValue,
            "delivery": self.delivery.rawValue,
            "ack": self.ack.rawValue,
            "slowConsumer": self.slowConsumer.rawValue,
            "room.multi": String(self.multipleRooms),
        ]
        all["presence.detectMs"] = self.detectMilliseconds.map(String.init)
        all["unknownTarget"] = self.unknownTarget?.rawValue
        all["maxMessageBytes"] = self.maxMessageBytes.map(String.init)
        all["oversize"] = self.oversize?.rawValue
        all["heartbeat.by"] = self.heartbeat?.by.rawValue
        all["heartbeat.intervalMs"] = self.heartbeat.map { String($0.intervalMs) }
        all["heartbeat.timeoutMs"] = self.heartbeat.map { String($0.timeoutMs) }
        all["handshakeTimeoutMs"] = self.handshakeTimeoutMilliseconds.map(String.init)
        return all
    }
}
