/// The text of an interval log in HdrHistogram's format 1.3 (`.hlog`).
package struct HistogramLog: Sendable {
    /// The log so far, every line ended.
    package private(set) var text: String

    /// A log that begins at T0.
    ///
    /// - Parameters:
    ///   - startTime: Wall time of T0 in seconds since 1970; lines count from there.
    ///   - date: The same in words, for people.
    ///   - comment: One line about what is in the log.
    package init(startTime: Double, date: String, comment: String) {
        let seconds = FixedDecimal.text(startTime, decimals: 3)
        self.text = """
            #[\(Self.oneLine(comment))]
            #[Histogram log format version 1.3]
            #[StartTime: \(seconds) (seconds since epoch), \(Self.oneLine(date))]
            "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

            """
    }

    /// Adds the distribution of one interval.
    ///
    /// - Parameters:
    ///   - tag: The metric's path; commas, blanks and line ends become `_`.
    ///   - start: Seconds from T0.
    ///   - length: Seconds.
    ///   - counts: Values in nanoseconds; the column for people is in milliseconds.
    package mutating func add(tag: String, start: Double, length: Double, _ counts: HistogramDelta) {
        self.add(tag: tag, start: start, length: length, max: Double(counts.max) / 1e6, encoded: counts.base64)
    }

    /// Adds a distribution that is encoded already.
    ///
    /// - Parameters:
    ///   - tag: The metric's path; commas, blanks and line ends become `_`.
    ///   - start: Seconds from T0.
    ///   - length: Seconds.
    ///   - max: The greatest sample in milliseconds.
    ///   - encoded: The counts' V2 compressed form as base64.
    package mutating func add(tag: String, start: Double, length: Double, max: Double, encoded: String) {
        let plain = String(tag.map { $0 == "," || $0.isWhitespace ? "_" : $0 })
        let fields = [
            "Tag=\(plain)", FixedDecimal.text(start, decimals: 3), FixedDecimal.text(length, decimals: 3),
            FixedDecimal.text(max, decimals: 3), encoded,
        ]
        self.text += fields.joined(separator: ",") + "\n"
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "]" ? " " : $0 })
    }
}
