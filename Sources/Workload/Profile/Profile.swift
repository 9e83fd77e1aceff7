/// One workload, as a person writes it: the YAML profile with every default filled in.
///
/// A profile says what happens, never in which order random draws fall: that is the ``Plan``, made from a profile and
/// a seed. ``ProfileReader`` makes profiles from YAML; encoding one as JSON gives a document that it reads back.
package struct Profile: Equatable, Sendable {
    package var name = "unnamed"
    package var description = ""
    package var backend = Backend()
    /// How many agents connect.
    package var agents = 200
    package var rooms = Rooms()
    package var arrival = Arrival()
    package var calls = Calls()
    package var signaling = Signaling()
    /// Absent when `chatter.rate` is 0.
    package var chatter: Chatter? = Chatter()
    package var churn: Churn?
    package var phases = Phases()
    package var leave = Leave.bye
    package var validity = Validity()
    /// Pass criteria as written: `negotiation.completion >= 99.9%`.
    package var gates: [String] = []
    /// What every random draw of the run is derived from.
    package var seed: UInt64 = 1
    package var generator = Generator()
    /// Conformance cases that are known to fail: `ORD-02`.
    package var expect: [String] = []
    package var verdict = Verdict.contract
    package var foreign = Foreign.unexpected
    /// What goes wrong on the way, by plan.
    package var faults: [Fault] = []

    /// The defaults of every key.
    package init() {}

    /// How members end.
    package enum Leave: String, CaseIterable, Sendable {
        /// They say `bye`, and stay subscribed until the drain ends.
        case bye
        /// Their connection just ends.
        case vanish
    }

    /// What decides over pass and fail.
    package enum Verdict: String, CaseIterable, Sendable {
        /// The gates, and what every backend is held to.
        case contract
        /// The gates alone.
        case gates
        /// Nothing: the run only measures.
        case none
    }

    /// Whether members of the rooms that are not agents of the run belong there.
    package enum Foreign: String, CaseIterable, Sendable {
        /// More than a few of them, or of their messages, make a run invalid.
        case unexpected
        /// The rooms are mixed: browsers, other tools, other runs.
        case expected
    }

    /// How many agents a profile may ask for: as many as the tag of a message can number.
    package static let agentRange = 1...1_000_000
}
