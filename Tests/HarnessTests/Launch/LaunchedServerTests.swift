import Glibc
import TestKit
import Testing

/// The fixture itself: servers of tests end with their tests.
@Suite(.enabled(if: Lane.isSerial, "it starts, awaits and kills child processes"))
struct LaunchedServerTests {
    private struct Planned: Error {}

    @Test func `a server is awaited, and stopped with what it started`() async throws {
        let script = "sleep 60 & echo ready $!; wait"
        let pids = try await LaunchedServer.with(["sh", "-c", script], ready: .says("ready")) { server in
            let child = try #require(Int32(server.output.filter(\.isNumber)))
            #expect(ProcessTable.isAlive(server.pid) && ProcessTable.isAlive(child))
            return [server.pid, child]
        }
        for pid in pids { try await ProcessTable.waitForEnd(of: pid) }
    }

    @Test func `a test that fails stops it too`() async throws {
        var pid: Int32 = 0
        await #expect(throws: Planned.self) {
            try await LaunchedServer.with(["sh", "-c", "echo up; exec sleep 60"], ready: .says("up")) { server in
                pid = server.pid
                throw Planned()
            }
        }
        try await ProcessTable.waitForEnd(of: pid)
    }

    @Test func `one that ends before it is ready is told with its words`() async throws {
        let failure = await #expect(throws: LaunchedServer.Failed.self) {
            try await LaunchedServer.with(["sh", "-c", "echo no such luck >&2; exit 3"], ready: .says("up")) { _ in }
        }
        #expect(failure?.description.contains("no such luck") == true)
        await #expect(throws: LaunchedServer.Failed.self) {
            try await LaunchedServer.with(["/nonexistent"], ready: .says("up")) { _ in }
        }
    }

    @Test func `one that ignores the request to end is killed`() async throws {
        let words = ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"]
        let server = try LaunchedServer(words)
        try await server.waitUntilReady(.says("up"))
        await server.stop()
        #expect(server.status == 128 + Int(SIGKILL))
    }

    @Test func `a crash is a crash, and a forgotten server ends`() async throws {
        var server: LaunchedServer? = try LaunchedServer(["sleep", "60"])
        let crashed = try LaunchedServer(["sleep", "60"])
        await crashed.crash()
        #expect(crashed.status == 128 + Int(SIGKILL))
        let pid = try #require(server?.pid)
        server = nil
        #expect(!ProcessTable.isAlive(pid))
    }

    @Test func `free ports are free and different`() throws {
        let ports = try Loopback.freePorts(20)
        #expect(Set(ports).count == 20)
        #expect(!ports.contains { Loopback.accepts(port: $0) })
    }
}
