/// Where the phases of a run begin and end, in nanoseconds after T0.
///
/// ramp → warmup → steady → leave → drain. Chatter runs from the end of the ramp to the end of steady.
package struct PlannedPhases: Equatable, Codable, Sendable {
    /// The last first arrival or the last call of the initial plan, whichever is later; warmup begins.
    package let rampEnd: Int64
    package let steadyStart: Int64
    /// Members leave.
    package let steadyEnd: Int64
    /// The latest end of the drain.
    package let drainLimit: Int64

    /// The same moment as ``rampEnd``.
    package var warmupStart: Int64 { self.rampEnd }
}
