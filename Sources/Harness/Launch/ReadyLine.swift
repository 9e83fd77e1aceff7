import Foundation

/// The one line that `serve` prints on standard output once it takes connections.
package struct ReadyLine: Codable, Equatable, Sendable {
    package var ready: Bool
    package var backend: String
    package var url: String
    package var pid: Int32

    package init(backend: String, url: String, pid: Int32) {
        self.ready = true
        self.backend = backend
        self.url = url
        self.pid = pid
    }

    /// Reads a line; `nil` when it is another one, or does not say `"ready":true`.
    ///
    /// - Parameter line: one line of a child's standard output.
    package init?(line: String) {
        guard let read = try? JSONDecoder().decode(ReadyLine.self, from: Data(line.utf8)), read.ready else {
            return nil
        }
        self = read
    }

    /// The line without its end, keys in the order of the documentation.
    package var line: String {
        "{\"ready\":true,\"backend\":\(Self.quoted(self.backend)),\"url\":\(Self.quoted(self.url)),\"pid\":\(self.pid)}"
    }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let data = try? encoder.encode(text) else { return "\"\"" }
        return String(decoding: data, as: UTF8.self)
    }
}
