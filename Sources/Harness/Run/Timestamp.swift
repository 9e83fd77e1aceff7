import Foundation

/// Wall-clock times as reports write them.
enum Timestamp {
    /// ISO 8601 in UTC with milliseconds.
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
