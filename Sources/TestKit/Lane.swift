import Foundation

/// Which of the two lanes of the tests this process runs.
///
/// What `swift test` runs by itself is hermetic: no other process, no socket, no waiting, and everything in parallel.
/// What needs them says so on its suite, `.enabled(if: Lane.isSerial, "why")`, and `make test` runs it afterwards, one
/// test at a time.
package enum Lane {
    /// Whether this is the serial lane, in which servers, browsers and interpreters are at hand or the test fails.
    package static let isSerial = ProcessInfo.processInfo.environment["SIGNALBENCH_LANE"] == "serial"
}
