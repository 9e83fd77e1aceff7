import Foundation
import Testing

/// Holds the ids of backends to their rows: a new backend is one folder and one row, and nothing else knows its name.
struct BackendIDTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    /// Ids that are no other word of ours, too, as `json` and the scheme `mqtt` are.
    private static let ids = ["relay-routed", "baas", "socketio", "mqtt5"]

    @Test(arguments: Self.ids) func `an id is spelt once`(id: String) throws {
        let files = FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil)
        var places: [String] = []
        while let file = files?.nextObject() as? URL {
            let path = file.path.replacing(Self.sources.path + "/", with: "")
            // The benchmark and the tests' helpers choose a backend as a user does.
            guard file.pathExtension == "swift", !path.hasPrefix("Benchmarks/"), !path.hasPrefix("TestKit/") else {
                continue
            }
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                if line.contains("\"\(id)\""), !line.contains("///") { places.append(path) }
            }
        }
        #expect(places.count == 1, "\(places)")
        #expect(places.first?.hasPrefix("Backends/") == true)
    }
}
