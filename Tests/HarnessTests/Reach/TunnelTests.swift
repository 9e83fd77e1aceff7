import Foundation
import TestKit
import Testing

/// tinyproxy of Debian between agents and relay.
@Suite(.enabled(if: Lane.isPatient, "the proxy is another program"), .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct TunnelTests {
    @Test func `agents go through a proxy that knows them, and its refusals are named`() async throws {
        let script = [try PythonPeer.required().interpreter, PythonPeer.path(of: "tiny_relay.py")]
        try await LaunchedServer.with(script, ready: .says("ready")) { server in
            let relay = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            try await Programs.with(
                "tinyproxy", ports: 1, arguments: { file, _ in ["-d", "-c", file] },
                configuration: { folder, ports in
                    """
                    Port \(ports[0])
                    Listen 127.0.0.1
                    Timeout 600
                    MaxClients 100
                    Allow 127.0.0.1
                    BasicAuth agent Geheim-2
                    ConnectPort \(relay)
                    LogFile "\(folder)/log"

                    """
                }
            ) { ports in
                @Sendable func flags(_ user: String, _ target: String) -> [String] {
                    [
                        "--backend", "relay:ws://127.0.0.1:\(target)/", "--set",
                        "backend.proxy=http://\(user)127.0.0.1:\(ports[0])",
                    ]
                }
                async let right: Void = ReachRun.reaches(flags("agent:Geheim-2@", "\(relay)"))
                try await ReachRun.each([
                    (flags("", "\(relay)"), ["proxy", "HTTP 407", "give a name"]),
                    (flags("agent:Geheim-2@", "1"), ["proxy", "HTTP 403"]),
                ]) { try await ReachRun.fails($0.0, saying: $0.1) }
                try await right
            }
        }
    }
}
