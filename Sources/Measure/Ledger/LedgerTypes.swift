/// Whom a backend must deliver to, as far as the ledger cares.
package struct DeliveryRule: Sendable {
    /// Whether a room-wide message comes back to its sender.
    package var echoesRoom: Bool
    /// Whether a directed message comes back to its sender (a broadcast backend with echo).
    package var echoesDirected: Bool
    /// Whether a directed message goes to its addressee alone.
    package var routesDirected: Bool
    /// Whether directed messages are a stream of their own, which nothing orders among the room-wide ones.
    package var splitsStreams: Bool

    package init(echoesRoom: Bool, echoesDirected: Bool, routesDirected: Bool, splitsStreams: Bool = false) {
        self.echoesRoom = echoesRoom
        self.echoesDirected = echoesDirected
        self.routesDirected = routesDirected
        self.splitsStreams = splitsStreams
    }
}

/// What one receipt at one agent was; a receipt gets one class, the first that fits, in the order of the cases.
///
/// ``foreign`` is in no total. The others satisfy, in every run and exactly, `total = useful + overheard + echo +
/// duplicate + misrouted = expected − lost − unsent − excused + optional + duplicate + misrouted`.
package enum ReceiptClass: UInt8, CaseIterable, Sendable, Codable {
    /// No tag of ours, or another run's.
    case foreign
    /// At an agent that could not have been a member, of another room, or a message never sent.
    case misrouted
    /// Not the first receipt of this message at this agent.
    case duplicate
    /// The agent's own message.
    case echo
    /// Addressed to another member: delivered, paid for and dropped by the filter.
    case overheard
    /// Passed the filter.
    case useful
}

/// Why a message that was due never left.
package enum UnsentReason: String, CaseIterable, Sendable, Codable {
    /// Its sender had no connection, or was not a member.
    case noConnection
    /// The backend took nothing more: the queue's bound, a window, or the dialect refused it.
    case backpressure
    /// It was given up after waiting for too long.
    case deadline

    /// In words, for the catalogue.
    package var meaning: String {
        switch self {
        case .noConnection: "the sender had no connection or was not a member"
        case .backpressure: "the backend took nothing more (queue bound, window, or refused by the dialect)"
        case .deadline: "it had waited for too long"
        }
    }
}

/// The ledger's sums; merging is addition.
///
/// `expected = delivered + lost + unsent + excused`, exactly, once the run has ended.
package struct LedgerTotals: Sendable, Equatable, Codable {
    /// Required deliveries of all messages, of those that were never sent too; own echo included where the backend
    /// echoes.
    package var expected: UInt64 = 0
    /// Required deliveries that came.
    package var delivered: UInt64 = 0
    /// Required deliveries that never came although their message left; set when the run ends.
    package var lost: UInt64 = 0
    /// Required deliveries whose message never left.
    package var unsent: UInt64 = 0
    /// Required deliveries that a planned leave took away within the horizon.
    package var excused: UInt64 = 0
    /// Of `delivered`, those that came when their record had been given up, so that only the age is known.
    package var overdue: UInt64 = 0
    /// First receipts that were allowed but not required.
    package var optional: UInt64 = 0
    /// First receipts older in their stream than one already received there.
    package var reordered: UInt64 = 0

    package init() {}

    /// Required deliveries without a value: they never came, or their message never left.
    package var censored: UInt64 { self.lost + self.unsent }

    package mutating func add(_ other: LedgerTotals) {
        self.expected += other.expected
        self.delivered += other.delivered
        self.lost += other.lost
        self.unsent += other.unsent
        self.excused += other.excused
        self.overdue += other.overdue
        self.optional += other.optional
        self.reordered += other.reordered
    }
}

/// How long before a planned leave a message must have been sent for the leave to excuse its delivery.
package enum LeaveHorizon {
    /// The least horizon, in nanoseconds.
    package static let least: Int64 = 1_000_000_000

    /// The default: four times the p99 measured so far, at least a second, at most the drain.
    ///
    /// - Parameters:
    ///   - p99: of the deliveries so far, in nanoseconds; nil while there are too few, or when it is censored.
    ///   - drain: how long the run waits for its last deliveries, in nanoseconds.
    /// - Returns: nanoseconds.
    package static func nanoseconds(p99: Int64?, drain: Int64) -> Int64 {
        let (four, isBeyond) = (p99 ?? 0).multipliedReportingOverflow(by: 4)
        return min(max(Self.least, isBeyond ? drain : four), drain)
    }
}

/// A defect that a test plants in a run to see that it would find one like it; asked for only where members come and go.
package enum PlantedDefect: Sendable, Equatable {
    /// The ledger forgets to count what a leave excuses.
    case excusesInSilence
    /// The end of a superseded connection counts as the end of its successor.
    case supersededEndCounts
}
