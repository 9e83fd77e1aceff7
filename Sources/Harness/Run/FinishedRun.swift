import Backends
import Fleet
import Foundation
import Measure

/// What one run against one backend brought home.
struct FinishedRun: Sendable {
    var outcome: FleetOutcome
    var series: SeriesReport
    /// CPU and memory, one sample a second.
    var usage: [UsageSample]
    var capabilities: Capabilities
    /// Where the backend listened, and its process when we started it.
    var url: String
    var pid: Int32?
    /// PUBLISH packets that the broker says it sent to others than the one who asked; nil where it does not say.
    var brokerDeliveries: Int64?
    /// T0's wall time.
    var startedAt: Date
}
