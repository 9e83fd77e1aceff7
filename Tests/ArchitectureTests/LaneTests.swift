import Foundation
import Testing

/// Holds tests to their lanes: what needs time, sockets or other programs is not run beside others.
struct LaneTests {
    /// What only tests of the serial lane may use.
    private static let marks = [
        "Task.sleep", "ContinuousClock", "MultiThreadedEventLoopGroup", "Process()", "SignalbenchProcess", "SmallRun",
        "ConformRun", "BrowserPages", "LaunchedServer", "BackendLauncher", "PythonPeer", "Broker.with", "TestServer",
        "TestRun(", "Reference.run",
    ]

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    @Test func `what is not hermetic says so, and why`() throws {
        let files = FileManager.default.enumerator(at: Self.tests, includingPropertiesForKeys: nil)
        var serial = 0
        while let file = files?.nextObject() as? URL {
            guard file.lastPathComponent.hasSuffix("Tests.swift"), file.lastPathComponent != "LaneTests.swift" else {
                continue
            }
            let text = try String(contentsOf: file, encoding: .utf8)
            if text.contains(#/\.enabled\(if: Lane\.is(Serial|Patient), "/#) {
                serial += 1
                // How `.ci/test` finds the suite in the file.
                #expect(text.contains(#/\nstruct [A-Za-z0-9]+Tests {/#), "\(file.path)")
            } else {
                let found = Self.marks.filter { text.contains($0) }
                #expect(found.isEmpty, "\(file.lastPathComponent) uses \(found) outside the serial lane")
            }
        }
        #expect(serial > 0)
    }
}
