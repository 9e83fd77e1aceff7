import Backends
import Measure
import NIOCore
import NIOPosix
import Synchronization
import TestKit
import Testing

@testable import Conformance

/// Our own servers under the cases that need no process of their own.
@Suite(
    .enabled(if: Lane.isSerial, "the cases wait for what must not come, over loopback"), .serialized,
    .timeLimit(.minutes(5)))
struct EmbeddedTests {
    @Test(arguments: ["baas", "socketio"])
    func `an embedded backend does what it declares`(id: String) async throws {
        let result = try await Reference.run(
            id, Reference.messageCases.union(["PAY-07", "LIM-01", "LIM-03", "LIM-07", "LIV-02", "LIV-04"]))
        #expect(Reference.troubles(result) == [:])
    }

    @Test func `the relay of 2016 fails exactly the cases about its holes`() async throws {
        var options = ServerOptions()
        options.isFaithful2016 = true
        let result = try await Reference.run("socketio", Reference.messageCases, options: options)
        let failed = result.cases.filter { $0.verdict == .fail }.map(\.id)
        // Unicast across rooms and a room's name as a target; broadcasting from nowhere.
        #expect(failed.sorted() == ["DIR-05", "ROOM-01"])
        let holes = try #require(result.cases.first { $0.id == "DIR-05" }).actual
        #expect(holes.contains("a member's id") && holes.contains("a room's name"))
    }

    @Test func `declaring less than there is, or more, is told apart`() async throws {
        // Weaker than declared fails; more than declared does not.
        let echo = try await Reference.run("relay", ["DLV-02"], declared: ["selfEcho": .flag(true)])
        #expect(echo.cases.first { $0.id == "DLV-02" }?.verdict == .fail)
        let routed = try await Reference.run("relay-routed", ["DIR-02"], declared: ["directed": .text("broadcast")])
        #expect(routed.cases.first { $0.id == "DIR-02" }?.verdict == .info)
        let history = try await Reference.run("relay", ["DLV-05"], declared: ["history": .text("all")])
        #expect(history.cases.first { $0.id == "DLV-05" }?.verdict == .fail)
        let order = try await Reference.run("relay", ["ORD-02"], declared: ["order": .text("fifo")])
        #expect(order.cases.first { $0.id == "ORD-02" }?.verdict == .notApplicable)
    }

    @Test func `a backend that lets nobody in after a case is the finding, and the rest is not run`() async throws {
        let servers = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await EmbeddedServers.start(
            id: "relay", host: "127.0.0.1", port: 0, options: ServerOptions(), group: servers)
        let settings = BackendSettings(id: "relay", url: try BackendURL.parse(server.url))
        let fixture = CaseFixture(
            name: "relay", settings: settings, declaration: try Declaration.builtin(settings, isOurs: true),
            isOurs: true)
        let told = Mutex<[String]>([])
        let result = await ConformanceRunner(
            fixture: fixture, profile: .quick, selected: ["DLV-01", "LIM-02", "LIM-03", "PAY-06"], group: group, seed: 7
        ).run { one in
            if one.verdict != .notRun || one.actual.contains("died") { told.withLock { $0.append(one.id) } }
            // It dies in the next one.
            if one.id == "LIM-02" { Task { await server.shutdown() } }
        }
        #expect(told.withLock { $0 } == ["DLV-01", "LIM-02", "LIM-03", "PAY-06"])
        let killer = try #require(result.cases.first { $0.id == "LIM-03" })
        #expect(killer.verdict == .fail)
        #expect(killer.actual.hasPrefix("the backend died in LIM-03"))
        let rest = try #require(result.cases.first { $0.id == "PAY-06" })
        #expect(rest.verdict == .notRun)
        #expect(rest.actual == "not run: backend died")
        #expect(result.exitCode == 1)
        #expect(result.isComplete)
        try await group.shutdownGracefully()
        try await servers.shutdownGracefully()
    }

    @Test func `a server that does not speak the dialect is not judged`() async throws {
        let result = try await Reference.run("relay", ["DLV-01"])
        #expect(result.setupFailure.isEmpty && result.exitCode == 0)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await EmbeddedServers.start(
            id: "baas", host: "127.0.0.1", port: 0, options: ServerOptions(), group: group)
        var url = try BackendURL.parse(server.url)
        url.scheme = "ws"
        let settings = BackendSettings(id: "relay", url: url)
        let other = try await Reference.run("relay", settings, isOurs: false, ["DLV-01"], nil, group)
        #expect(other.setupFailure.contains("the upgrade was answered with HTTP"), "\(other.setupFailure)")
        #expect(other.exitCode == 2 && other.cases.isEmpty)
        await server.shutdown()
        try await group.shutdownGracefully()
    }
}
