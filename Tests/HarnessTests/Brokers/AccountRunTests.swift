import Foundation
import TestKit
import Testing

/// Two hundred agents with an account each, for servers that know their users.
@Suite(
    .enabled(if: Lane.isPatient, "the servers that check passwords and tokens are other programs"), .sideBySide,
    .serialized,
    .timeLimit(.minutes(5)))
struct AccountRunTests {
    private static let agents = 200

    /// A run of pairs whose profile names the accounts beside it.
    private static func small(_ backend: String, wrong: Bool = false) async throws -> SmallRun {
        let small = try SmallRun(
            BrokerRun.profile(agents: Self.agents, size: 2) + "backend: {accounts: accounts.csv, \(backend)}\n")
        let made = try await PythonPeer.required().run(
            file: "accounts.py", ["make", small.folder.path, "\(Self.agents)"] + (wrong ? ["wrong"] : []))
        try #require(made.status == 0, "\(made.errors)")
        return small
    }

    /// Mosquitto with a password file and nobody let in without a password.
    private static func withBroker<R: Sendable>(
        _ folder: String, _ body: (Int) async throws -> R
    ) async throws -> R {
        let port = try #require(try Loopback.freePorts(1).first)
        let file = folder + "/broker.conf"
        try """
        listener \(port) 127.0.0.1
        allow_anonymous false
        password_file \(folder)/passwords
        persistence false
        user root
        set_tcp_nodelay true

        """.write(toFile: file, atomically: true, encoding: .utf8)
        let program = try #require(Broker.Make.mosquitto.executable)
        return try await LaunchedServer.with([program, "-c", file], ready: .listening([port])) { _ in
            try await body(port)
        }
    }

    private static let mqtt = #"id: mqtt, user: "{user}", password: "{password}", clientID: "c-{user}""#

    @Test func `a broker with a password file lets each agent in by its own`() async throws {
        let small = try await Self.small(Self.mqtt)
        try await Self.withBroker(small.folder.path) { port in
            let (ending, report) = try await small.run("--backend", "mqtt:mqtt://127.0.0.1:\(port)")
            report.check(ending, status: 0)
            try BrokerRun.check(report, pairs: 100)
            #expect(report.backend["addresses"] as? [String: Int] == ["127.0.0.1": Self.agents])
            try Self.expectNoPasswords(in: small, ending)
            let few = try await small.start(
                "--backend", "mqtt:mqtt://127.0.0.1:\(port)", "--set", "agents=201", "--set", "rooms.size=3"
            ).end()
            #expect(few.status == 65)
            #expect(few.errors.contains("/accounts.csv has 200 rows for 201 agents"), "\(few.errors)")
            let unknown = try await small.start(
                "--backend", "mqtt:mqtt://127.0.0.1:\(port)", "--set", #"backend.user="{usr}""#
            ).end()
            #expect(unknown.status == 65)
            #expect(unknown.errors.contains("backend.user:") && unknown.errors.contains("no column 'usr'"))
        }
    }

    @Test func `one wrong password is one agent that is not let in, and its cause is named`() async throws {
        let small = try await Self.small(Self.mqtt, wrong: true)
        try await Self.withBroker(small.folder.path) { port in
            let ending = try await small.start("--backend", "mqtt:mqtt://127.0.0.1:\(port)").end()
            let report = try await SmallRun.Report(in: small.out)
            // Fewer agents than asked prove nothing of the backend.
            #expect(ending.status == 2)
            #expect(report.metric("negotiation.connectable") == 99, "\(ending.output)")
            #expect(report.metric("negotiation.expected") == 100)
            let text = try String(contentsOfFile: small.out + "/report.json", encoding: .utf8)
            #expect(text.contains("not authorized") && text.contains("backend.password"), "\(ending.output)")
            try Self.expectNoPasswords(in: small, ending)
        }
    }

    @Test func `a server that checks tokens in query and auth payload knows each agent`() async throws {
        let small = try await Self.small(
            #"id: socketio, query: "token={token}", auth: {jwt: "{token}", "v": "{user}"}"#)
        let python = try PythonPeer.required()
        let words = [python.interpreter, PythonPeer.path(of: "accounts.py"), "serve"]
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let lines = { server.output.split(separator: "\n").map(String.init) }
            let port = try #require(lines().first?.split(separator: " ").last)
            let (ending, report) = try await small.run("--backend", "socketio:http://127.0.0.1:\(port)")
            report.check(ending, status: 0)
            try BrokerRun.check(report, pairs: 100)
            let users = lines().dropFirst()
            #expect(Set(users).count == Self.agents)
            try Self.expectNoPasswords(in: small, ending)
        }
    }

    /// Nothing of the columns `password` and `token` stands in what the run wrote.
    private static func expectNoPasswords(in small: SmallRun, _ ending: SignalbenchProcess.Ending) throws {
        let files = FileManager.default.enumerator(atPath: small.out)?.compactMap { $0 as? String } ?? []
        try #require(files.contains("report.json"))
        var texts = [ending.output, ending.errors]
        for file in files {
            guard let data = FileManager.default.contents(atPath: "\(small.out)/\(file)") else { continue }
            texts.append(String(decoding: data, as: UTF8.self))
        }
        for text in texts { #expect(!text.contains("pw,") && !text.contains("eyJhbGci") && !text.contains("not it")) }
    }
}
