/// What of a report is written.
package struct ReportOptions: Sendable {
    /// Whether `report.html` is written.
    package var html: Bool

    /// The choice of files.
    ///
    /// - Parameter html: Whether `report.html` is written.
    package init(html: Bool = true) {
        self.html = html
    }
}
