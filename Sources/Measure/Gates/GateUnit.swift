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

    /// A number of this unit in the metric's own unit: milliseconds, bytes, a ratio of 0…1.
    ///
    /// Percent and the smaller times divide, because 99.9 ÷ 100 is the double nearest to 0.999 and 99.9 · 0.01 is not.
    func value(of number: Double) -> Double {
        switch self {
        case .nanoseconds: number / 1e6
        case .microseconds: number / 1e3
        case .milliseconds, .bytes, .perSecond, .times: number
        case .seconds: number * 1e3
        case .minutes: number * 60e3
        case .percent: number / 100
        case .kibibytes: number * 1024
        case .mebibytes: number * 1_048_576
        case .gibibytes: number * 1_073_741_824
        }
    }
}
