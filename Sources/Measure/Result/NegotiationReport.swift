/// How the pairs of a run fared: where they were lost, why, and the worst of them step by step.
package struct NegotiationReport: Codable, Equatable, Sendable {
    /// One step of the way from the call to the connection.
    package struct FunnelStep: Codable, Equatable, Sendable {
        /// The step by the message or state that reaches it.
        package var name: String
        /// Expected pairs that reached it.
        package var count: Int
        /// Pairs that reached the step before and not this one.
        package var lost: Int
        /// Of `lost`, how many by which reason.
        package var reasons: [String: Int]

        package init(name: String, count: Int, lost: Int, reasons: [String: Int] = [:]) {
            self.name = name
            self.count = count
            self.lost = lost
            self.reasons = reasons
        }
    }

    /// One thing that happened to a pair.
    package struct Event: Codable, Equatable, Sendable {
        /// Seconds since T0.
        package var t: Double
        /// Who acted, and towards whom.
        package var from: String
        package var to: String
        /// The message's type.
        package var kind: String
        /// What was done with it, such as sent, received, applied or lost.
        package var note: String

        package init(t: Double, from: String, to: String, kind: String, note: String) {
            self.t = t
            self.from = from
            self.to = to
            self.kind = kind
            self.note = note
        }
    }

    /// A pair worth looking at: failed, or slow.
    package struct WorstPair: Codable, Equatable, Sendable {
        package var room: String
        /// Names of the two agents.
        package var a: String
        package var b: String
        /// Why it failed, or that it was slow.
        package var reason: String
        /// Time to connectable; absent when it never was.
        package var milliseconds: Double?
        /// Oldest first.
        package var events: [Event]

        package init(room: String, a: String, b: String, reason: String, milliseconds: Double?, events: [Event]) {
            self.room = room
            self.a = a
            self.b = b
            self.reason = reason
            self.milliseconds = milliseconds
            self.events = events
        }
    }

    /// Steps in their order.
    package var funnel: [FunnelStep]
    /// Expected pairs that did not become connectable, by reason (`signaling.md`).
    package var failures: [String: Int]
    /// Worst first, at most ten.
    package var worst: [WorstPair]

    package init(funnel: [FunnelStep] = [], failures: [String: Int] = [:], worst: [WorstPair] = []) {
        self.funnel = funnel
        self.failures = failures
        self.worst = worst
    }
}
