import Foundation
import Measure
import TestKit
import Testing

/// A server that dies of a case is found dead, and nothing else is held against it.
@Suite(
    .enabled(if: Lane.isPatient, "the server is another program, and dies"), .sideBySide, .serialized,
    .timeLimit(.minutes(2)))
struct ConformDeathTests {
    private static let declaration = """
        {"backend": "mortal", "version": "1", "adapter": "relay", "capabilities": {
          "identity": {"assign": "server", "stability": "connection", "fromAuthority": "client"},
          "selfEcho": false, "directed": "broadcast", "delivery": "at-most-once", "order": "total", "ack": "none",
          "history": "none", "presence": {"join": false, "leave": "none"}, "leave": true, "maxMessageBytes": 1048576,
          "oversize": "close", "transports": ["ws"]}}
        """

    /// Of what the server dies, the case that finds it, and those that are not run after it.
    @Test(
        arguments: [("depth", "PAY-06", []), ("size", "PAY-09", ["LIM-01", "PAY-06"])] as [(String, String, [String])])
    func `the case is named, exit is 1, and the rest was not run`(
        cause: String, killer: String, rest: [String]
    ) async throws {
        let folder = try TemporaryFolder()
        let declaration = try folder.file("mortal.json", Self.declaration)
        let words = [try PythonPeer.required().interpreter, PythonPeer.path(of: "odd_relay.py"), "mortal", cause]
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let run = try await ConformRun([
                "relay:ws://127.0.0.1:\(port)/", "--declare", declaration, "--cases",
                (["ROOM-01", "ROOM-04", killer] + rest).joined(separator: ","),
            ])
            #expect(run.ending.status == 1, "\(run.ending.output)")
            #expect(run.cases(0, in: [.pass]).keys.sorted() == ["ROOM-01", "ROOM-04"])
            let found = run.cases(0, in: ConformRun.troubles)
            #expect(Array(found.keys) == [killer])
            #expect(found[killer]?.hasPrefix("the backend died in \(killer)") == true, "\(found)")
            let after = run.cases(0, in: [.notRun]).filter { $0.value == "not run: backend died" }
            #expect(after.keys.sorted() == rest)
            for id in rest { #expect(run.junit.contains(id)) }
            #expect(server.status == 134)
        }
    }
}
