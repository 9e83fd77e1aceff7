import Foundation
import Signaling
import TestKit
import Testing

/// Meshes over multi-user chats of servers that are not ours, Debian's Prosody and ejabberd.
@Suite(
    .enabled(if: Lane.isPatient, "the servers are other programs"), .sideBySide, .serialized, .timeLimit(.minutes(3)))
struct XMPPFleetTests {
    @Test func `Prosody by WebSocket and TCP, to the room and to one member`() async throws {
        try await Self.prosody { tcp, web, _ in
            try await BrokerFleet.check(
                "xmpp", "ws://127.0.0.1:\(web)/", agents: 200, options: ["domain": "localhost"])
            try await BrokerFleet.check(
                "xmpp", "xmpp://127.0.0.1:\(tcp)", agents: 50, options: ["domain": "localhost", "directed": "private"],
                delivery: .routed)
        }
    }

    @Test func `accounts, with managed streams`() async throws {
        try await Self.prosody { tcp, _, path in
            let account = try LaunchedServer([
                "prosodyctl", "--config", path, "register", "user", "accounts.localhost", "secret",
            ])
            for _ in 0..<500 where account.status == nil { try await Task.sleep(for: .milliseconds(10)) }
            #expect(account.status == 0, "\(account.output) \(account.errors)")
            let options = [
                "domain": "accounts.localhost", "service": "conference.localhost", "user": "user",
                "password": "secret", "resume": "true",
            ]
            try await BrokerFleet.check("xmpp", "xmpp://127.0.0.1:\(tcp)", agents: 50, options: options)
        }
    }

    @Test func `ejabberd by WebSocket and TCP`() async throws {
        let ports = try Loopback.freePorts(2)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ejabberd-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try ServerFile.copy("ejabberd.yml", [(25_223, ports[0]), (25_281, ports[1])], into: folder)
        // Its control script becomes another user and another group; the node itself is all that is wanted.
        let words = [
            "env", "HOME=\(folder.path)", "EJABBERD_CONFIG_PATH=\(path)", "EJABBERD_LOG_PATH=\(folder.path)/log",
            "ERL_LIBS=/usr/lib/x86_64-linux-gnu", "erl", "-noinput", "+K", "true", "-mnesia", "dir",
            "\"\(folder.path)/mnesia\"", "-s", "ejabberd",
        ]
        try await LaunchedServer.with(words, ready: .listening(ports)) { _ in
            let options = ["domain": "localhost"]
            try await BrokerFleet.check("xmpp", "ws://127.0.0.1:\(ports[1])/ws", agents: 200, options: options)
            try await BrokerFleet.check("xmpp", "xmpp://127.0.0.1:\(ports[0])", agents: 50, options: options)
        }
    }

    private static func prosody(_ body: (_ tcp: Int, _ web: Int, _ path: String) async throws -> Void) async throws {
        let ports = try Loopback.freePorts(2)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("prosody-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try ServerFile.copy(
            "prosody.cfg.lua", [(25_222, ports[0]), (25_280, ports[1])], "/tmp/signalbench-prosody", into: folder)
        try await LaunchedServer.with(["prosody", "--config", path], ready: .listening(ports)) { _ in
            try await body(ports[0], ports[1], path)
        }
    }
}

extension ServerFile {
    /// Puts a copy into a folder, with other ports, and the folder in the place of `place`.
    static func copy(
        _ name: String, _ ports: [(written: Int, free: Int)], _ place: String? = nil, into folder: URL
    ) throws -> String {
        var text = try String(contentsOf: self.root.appending(path: "Profiles/servers/\(name)"), encoding: .utf8)
        for port in ports { text = text.replacing("\(port.written)", with: "\(port.free)") }
        if let place { text = text.replacing(place, with: folder.path) }
        let path = folder.appending(path: name)
        try text.write(to: path, atomically: true, encoding: .utf8)
        return path.path
    }
}
