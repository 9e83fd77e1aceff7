/// A stretch of a run in which agents were without the connection that they should have had.
///
/// It begins when a member loses its connection without a plan, and ends when the last one that did is a member again or
/// has left as planned.
package struct Outage: Codable, Equatable, Sendable {
    /// Seconds since T0.
    package var start: Double
    /// Seconds since T0; nil when it was not over when the run ended.
    package var end: Double?
    /// Connections lost within it.
    package var agents: Int
    /// Of these, members again by its end.
    package var recovered: Int
    /// Messages that fell due within it and were never sent.
    package var unsent: UInt64
    /// Required deliveries that never came, of messages sent within it or in the second before.
    package var lost: UInt64

    /// Connections lost within it by the reason of each, in words; ``otherReasons`` stands for those beyond the eighth.
    package private(set) var reasons: [String: Int]?

    package init(start: Double, end: Double?, agents: Int, recovered: Int, unsent: UInt64, lost: UInt64) {
        self.start = start
        self.end = end
        self.agents = agents
        self.recovered = recovered
        self.unsent = unsent
        self.lost = lost
    }

    /// What ``reasons`` calls the reasons that it does not name.
    package static let otherReasons = "other reasons"

    /// Reasons that are told apart.
    private static let reasonLimit = 8

    /// Counts connections that were lost for a reason.
    package mutating func add(reason: String, _ count: Int = 1) {
        var reasons = self.reasons ?? [:]
        let isNamed = reasons[reason] != nil || reasons.count < Self.reasonLimit
        reasons[isNamed ? reason : Self.otherReasons, default: 0] += count
        self.reasons = reasons
    }

    /// Whether a connection lost within it was never replaced.
    package var isForGood: Bool { self.recovered < self.agents }

    /// Seconds until everybody was back; nil when it was not over.
    package var duration: Double? { self.end.map { $0 - self.start } }

    /// How long before an outage a message may have been sent that fell victim to it, in seconds.
    package static let reach = 1.0

    /// Puts together what several event loops saw: outages that overlap in time are one.
    package static func merged(_ outages: [Outage]) -> [Outage] {
        var all: [Outage] = []
        for outage in outages.sorted(by: { $0.start < $1.start }) {
            guard let last = all.last, outage.start <= last.end ?? .infinity else {
                all.append(outage)
                continue
            }
            var both = last
            both.end = last.end.flatMap { a in outage.end.map { max(a, $0) } }
            both.agents += outage.agents
            both.recovered += outage.recovered
            both.unsent += outage.unsent
            both.lost += outage.lost
            for (reason, count) in outage.reasons ?? [:] { both.add(reason: reason, count) }
            all[all.count - 1] = both
        }
        return all
    }
}
