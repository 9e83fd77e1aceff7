import Foundation
import TestKit
import Testing

/// Pages in a headless Chromium, driven by a script.
enum BrowserPages {
    /// One page at the end.
    struct Page {
        var id: String
        var pairs: [[String: Any]]
        var stats: [String: Any]

        func count(_ name: String) -> Int { self.stats[name] as? Int ?? -1 }

        func sum(_ name: String) -> Int { self.pairs.reduce(0) { $0 + ($1[name] as? Int ?? 0) } }

        var connected: Int { self.pairs.count { $0["connectionState"] as? String == "connected" } }
    }

    /// Runs the script against a server and reads what it printed last.
    static func run(_ words: String...) async throws -> [String: Any] {
        let outcome = try await PythonPeer.required().run(file: "browser_pages.py", words, timeout: 200)
        return try self.read(outcome.output, outcome.errors)
    }

    static func read(_ output: String, _ errors: String) throws -> [String: Any] {
        let last = output.split(separator: "\n").last.map(String.init) ?? ""
        let object = try? JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
        return try #require(object, "\(errors.suffix(2_000))")
    }

    static func pages(_ result: [String: Any]) throws -> [Page] {
        try #require(result["pages"] as? [[String: Any]]).map { page in
            Page(
                id: page["id"] as? String ?? "", pairs: page["pairs"] as? [[String: Any]] ?? [],
                stats: page["stats"] as? [String: Any] ?? [:])
        }
    }

    /// A server of ours on loopback, with the address where browsers reach it.
    static func serving<R>(_ id: String, _ body: (String) async throws -> R) async throws -> R {
        let server = try SignalbenchProcess(["serve", id])
        try await server.wait { $0.output.contains("\"ready\":true") }
        let ready = try #require(try JSONSerialization.jsonObject(with: Data(server.output.utf8)) as? [String: Any])
        let result: Result<R, any Error>
        do { result = .success(try await body(try #require(ready["url"] as? String))) } catch {
            result = .failure(error)
        }
        server.send(SIGTERM)
        _ = try await server.end(within: .seconds(10))
        return try result.get()
    }
}
