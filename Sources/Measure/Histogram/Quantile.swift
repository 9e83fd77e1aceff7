/// A quantile of samples of which some may never have arrived.
package enum Quantile: Equatable, Sendable {
    /// In nanoseconds, within the histogram's precision.
    case value(Int64)
    /// It falls among samples without a value: undelivered, or above an hour. All that is known is a lower bound.
    case censored

    /// The value in milliseconds; nil when it is censored.
    package var milliseconds: Double? {
        switch self {
        case .value(let nanoseconds): Double(nanoseconds) / 1e6
        case .censored: nil
        }
    }
}
