package import Signaling

/// What generator, backend and machine used within one sampling interval.
package struct UsageSample: Equatable, Sendable {
    /// The end of the interval.
    package var at: Instant
    /// Its length in seconds.
    package var seconds: Double
    /// CPU of the driver's process in cores, user and system.
    package var generatorCPU: Double
    /// Resident memory of the driver's process in bytes, at the end of the interval.
    package var generatorRSS: Double
    /// CPU of the busiest event loop in cores (0…1); `nil` when no loop ran.
    package var busiestLoop: Double?
    /// The longest that an event loop waited for a core, as a share of the interval; `nil` when unknown.
    package var runQueueDelay: Double?
    /// CPU of the backend and its children in cores; `nil` without a process of ours or once it ended.
    package var backendCPU: Double?
    /// Resident memory of the backend and its children in bytes.
    package var backendRSS: Double?
    /// The share of the machine's CPU time that the hypervisor gave to others (0…1); `nil` when unknown.
    package var steal: Double?
}
