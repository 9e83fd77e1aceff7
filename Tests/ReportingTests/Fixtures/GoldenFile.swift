import Foundation
import Testing

/// A text that a test compares with what was agreed on.
///
/// With `SIGNALBENCH_UPDATE_GOLDEN=1` in the environment the files are written anew; look at the difference.
enum GoldenFile {
    static func expect(
        _ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appendingPathComponent("Golden").appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["SIGNALBENCH_UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let agreed = try String(contentsOf: file, encoding: .utf8)
        #expect(text == agreed, "\(name) differs", sourceLocation: sourceLocation)
    }
}
