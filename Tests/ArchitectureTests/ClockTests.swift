import Foundation
import Testing

/// Holds what runs on event loops to the loop's clock and to seeded draws, which a simulation can drive and repeat.
struct ClockTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let clocks = [
        "NIODeadline" + ".now()", "Task" + ".sleep", "deadline: " + ".now()", "= .now()" + " +", "Date" + "()",
        "Int" + ".random", "Int64" + ".random(in", "Bool" + ".random", "Double" + ".random", ".shuffled" + "()",
        ".randomElement" + "()", "SystemRandom" + "NumberGenerator",
    ]
    /// The one file in which the embedded servers draw from the system when they have no seed.
    private static let exempt = "ServerRandom.swift"

    @Test(arguments: ["Backends", "Fleet", "Conformance", "Simulation"])
    func `time is the loop's, and chance comes from seeds`(target: String) throws {
        let folder = Self.root.appending(path: "Sources/\(target)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift", file.lastPathComponent != Self.exempt else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            for line in text.split(separator: "\n") where !line.contains("using:") {
                for clock in Self.clocks { #expect(!line.contains(clock), "\(file.lastPathComponent): \(line)") }
            }
        }
    }
}
