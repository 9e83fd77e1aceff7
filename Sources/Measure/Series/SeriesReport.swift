/// A run over time: columns of one value a second, and the marks that divide the time axis.
package struct SeriesReport: Codable, Equatable, Sendable {
    /// A phase of the plan on the time axis.
    package struct PhaseMark: Codable, Equatable, Sendable {
        package var name: String
        /// Seconds since T0.
        package var start: Double
        package var end: Double

        package init(name: String, start: Double, end: Double) {
            self.name = name
            self.start = start
            self.end = end
        }
    }

    /// A fault that was put into the run on the time axis.
    package struct FaultMark: Codable, Equatable, Sendable {
        package var name: String
        /// Seconds since T0.
        package var start: Double
        package var end: Double

        package init(name: String, start: Double, end: Double) {
            self.name = name
            self.start = start
            self.end = end
        }
    }

    /// Seconds that a row is meant to cover; what it did cover is the column `seconds`.
    package var interval: Double
    /// Where each row ends, in seconds since T0.
    package var t: [Double]
    /// One value a row for each name; `nil` where there is nothing to say, never 0 instead.
    ///
    /// Counts (`connects`, `sent`, `offered`, `deliveries`, `useful`, `negotiated`, `connectable`) are those of the row
    /// alone, so that a column's sum is the run's total. Times are in milliseconds, sizes in bytes, CPU in cores.
    package var columns: [String: [Double?]]
    package var phases: [PhaseMark]
    package var faults: [FaultMark]

    package init(
        interval: Double = 1,
        t: [Double] = [],
        columns: [String: [Double?]] = [:],
        phases: [PhaseMark] = [],
        faults: [FaultMark] = []
    ) {
        self.interval = interval
        self.t = t
        self.columns = columns
        self.phases = phases
        self.faults = faults
    }
}
