import Foundation

/// Which lane of the tests this process runs.
///
/// What `swift test` runs by itself is hermetic: no other process, no socket, no waiting, and everything in parallel.
/// What needs them says so on its suite, `.enabled(if: Lane.isSerial, "why")`, and `make test` runs it afterwards, one
/// test at a time. Suites that mostly wait for other programs, and look at what comes of it and not at when, say
/// `Lane.isPatient` instead and `.sideBySide`: where there are two cores, `make test` runs a few of them at once, beside
/// the others.
package enum Lane {
    private static let isChosen = ProcessInfo.processInfo.environment["SIGNALBENCH_LANE"] == "serial"

    /// Whether this is the serial lane, in which servers, browsers and interpreters are at hand or the test fails.
    package static let isSerial = Self.isChosen
    /// The same for suites that may run beside one of the others.
    package static let isPatient = Self.isChosen
}
