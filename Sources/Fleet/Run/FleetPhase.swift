/// The phases of a run, in order.
package enum FleetPhase: String, Sendable, CaseIterable, Codable {
    /// Arrivals and calls, as long as planned.
    case ramp
    /// Chatter starts; nothing of it counts into the fan-out figures yet.
    case warmup
    /// The measured window, by intended time.
    case steady
    /// Members say goodbye one after another.
    case leave
    /// Waiting for what is owed.
    case drain
}
