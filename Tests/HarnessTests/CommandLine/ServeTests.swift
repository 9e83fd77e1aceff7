import Foundation
import Glibc
import Harness
import TestKit
import Testing

@Suite(.enabled(if: Lane.isSerial, "it runs the program, and sends it signals"))
struct ServeTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `serve prints one ready line and ends within two seconds of a signal`(signal: Int32) async throws {
        let server = try SignalbenchProcess(["serve", "relay"])
        try await server.wait { $0.output.hasSuffix("\n") }
        let ready = try #require(ReadyLine(line: String(server.output.dropLast())))
        #expect(ready.backend == "relay")
        #expect(ready.pid == server.pid)
        #expect(ready.url.hasPrefix("ws://127.0.0.1:"))
        let check = try ReadyCheck(String(ready.url.dropFirst("ws://".count).prefix { $0 != "/" }))
        #expect(await ServerProbe.isReady(check))
        let clock = ContinuousClock()
        let asked = clock.now
        server.send(signal)
        let ending = try await server.end()
        #expect(clock.now - asked < .seconds(2))
        #expect(ending.status == 0)
        #expect(ending.output.split(separator: "\n").count == 1)
        #expect(ending.errors.isEmpty, "\(ending.errors)")
    }

    @Test func `a connection that never lets go does not keep it`() async throws {
        let server = try SignalbenchProcess(["serve", "relay"])
        try await server.wait { $0.output.hasSuffix("\n") }
        let ready = try #require(ReadyLine(line: String(server.output.dropLast())))
        let check = try ReadyCheck(String(ready.url.dropFirst("ws://".count).prefix { $0 != "/" }))
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(check.port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(connected == 0)
        server.send(SIGTERM)
        #expect(try await server.end(within: .seconds(4)).status == 0)
    }

    @Test func `a hidden flag ends it with its standard input`() async throws {
        let line = try InputLine()
        let server = try SignalbenchProcess(["serve", "relay", "--until-eof"], input: line.childEnd)
        try await server.wait { $0.output.hasSuffix("\n") }
        line.closeChildEnd()
        try await Task.sleep(for: .milliseconds(100))
        #expect(ProcessStat.isAlive(server.pid))
        line.end()
        #expect(try await server.end(within: .seconds(4)).status == 0)
    }

    @Test func `a supervised server ends with its supervisor's standard input`() async throws {
        let line = try InputLine()
        let supervisor = try SignalbenchProcess(
            ["supervise", "--", "sleep", "60"], input: line.childEnd)
        try await supervisor.wait { $0.output.hasSuffix("\n") }
        let child = try #require(Int32(supervisor.output.filter(\.isNumber)))
        #expect(ProcessStat.isAlive(child))
        line.closeChildEnd()
        line.end()
        _ = try await supervisor.end(within: .seconds(5))
        #expect(!ProcessStat.isAlive(child))
    }

    @Test(
        arguments: [(["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 137), (["/nonexistent"], 127)]
            as [([String], Int32)])
    func `a supervisor ends as its server did`(command: [String], status: Int32) async throws {
        // Its standard input has to stay open: the end of that is a reason to end the server.
        let line = try InputLine()
        let supervisor = try SignalbenchProcess(["supervise", "--"] + command, input: line.childEnd)
        #expect(try await supervisor.end(within: .seconds(10)).status == status)
        line.closeChildEnd()
        line.end()
    }
}
