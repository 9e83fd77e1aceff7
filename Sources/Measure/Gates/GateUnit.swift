/// A unit that the limit of a gate may be written in.
enum GateUnit: String, CaseIterable, Sendable {
    case nanoseconds = "ns"
    case microseconds = "us"
    case milliseconds = "ms"
    case seconds = "s"
    case minutes = "min"
    case percent = "%"
    case bytes = "B"
    case kibibytes = "KiB"
    case mebibytes = "MiB"
    case gibibytes = "GiB"
    case perSecond = "/s"
    case times = "x"

    /// The unit of a text; `µs` may be written with either sign for micro.
    init?(_ text: String) {
        switch text {
        case "\u{b5}s", "\u{3bc}s": self = .microseconds
        case "×": self = .times
        default:
            guard let unit = GateUnit(rawValue: text) else { return nil }
            self = unit
        }
    }

    /// Whether a metric of some unit may be limited in this one.
    func fits(_ unit: MetricInfo.Unit) -> Bool {
        switch self {
        case .nanoseconds, .microseconds, .milliseconds, .seconds, .minutes: unit == .milliseconds
        case .percent: unit == .ratio || unit == .cores
        case .bytes, .kibibytes, .mebibytes, .gibibytes: unit == .bytes
        case .perSecond: unit == .perSecond
        case .times: unit == .factor
        }
    }

    /// What one of these is in the metric's own unit, as a power of ten and a factor.
    ///
    /// The power is added to the number's own exponent before it is read: 99.9 % is read as 99.9e-2 and so is the double
    /// that 999 ÷ 1000 gives, which neither 99.9 ÷ 100 nor 99.9 · 0.01 is.
    var scale: (power: Int, factor: Double) {
        switch self {
        case .nanoseconds: (-6, 1)
        case .microseconds: (-3, 1)
        case .milliseconds, .bytes, .perSecond, .times: (0, 1)
        case .seconds: (3, 1)
        case .minutes: (3, 60)
        case .percent: (-2, 1)
        case .kibibytes: (0, 1024)
        case .mebibytes: (0, 1_048_576)
        case .gibibytes: (0, 1_073_741_824)
        }
    }
}
