import Measure
import Workload

extension FaultSamples {
    /// What there is to be seen of a profile's faults.
    init(_ faults: [Profile.Fault]) {
        self.init(
            FaultWindows.windows(
                of: faults.map { ($0.kind.rawValue, $0.name, $0.at.nanoseconds, $0.span.nanoseconds) }))
    }
}
