import Foundation
import TestKit
import Testing

/// Meshes over brokers of STOMP that are not ours: PyPI's `coilmq` by TCP, RabbitMQ by WebSocket and TCP.
@Suite(
    .enabled(if: Lane.isPatient, "the brokers are other programs"), .sideBySide, .serialized, .timeLimit(.minutes(3)))
struct STOMPFleetTests {
    @Test func `coilmq by TCP, with receipts`() async throws {
        let python = try PythonPeer.required()
        // It takes one name for its virtual host.
        let named = try await python.run("import socket; print(socket.getfqdn(), end='')")
        let port = try #require(try Loopback.freePorts(1).first)
        let words = [python.interpreter, "-m", "coilmq.start", "-b", "127.0.0.1", "-p", "\(port)"]
        try await LaunchedServer.with(words, ready: .listening([port])) { _ in
            // A thread of Python for each member: fewer of them, so that it takes seconds.
            try await BrokerFleet.check(
                "stomp", "stomp://127.0.0.1:\(port)", agents: 50, options: ["host": named.output, "receipts": "send"],
                rate: 50)
        }
    }

    @Test func `RabbitMQ by WebSocket and TCP`() async throws {
        let ports = try Loopback.freePorts(5)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rabbit-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try """
        listeners.tcp.1 = 127.0.0.1:\(ports[0])
        stomp.listeners.tcp.1 = 127.0.0.1:\(ports[1])
        web_stomp.tcp.ip = 127.0.0.1
        web_stomp.tcp.port = \(ports[2])
        """.write(to: folder.appending(path: "rabbitmq.conf"), atomically: true, encoding: .utf8)
        try "[rabbitmq_stomp,rabbitmq_web_stomp].".write(
            to: folder.appending(path: "plugins"), atomically: true, encoding: .utf8)
        let words = [
            "env", "HOME=\(folder.path)", "RABBITMQ_NODENAME=sb\(ports[0])@localhost",
            "RABBITMQ_CONFIG_FILE=\(folder.path)/rabbitmq.conf", "RABBITMQ_ENABLED_PLUGINS_FILE=\(folder.path)/plugins",
            "RABBITMQ_MNESIA_BASE=\(folder.path)/mnesia", "RABBITMQ_LOG_BASE=\(folder.path)/log",
            "RABBITMQ_PID_FILE=\(folder.path)/pid", "RABBITMQ_DIST_PORT=\(ports[3])", "ERL_EPMD_PORT=\(ports[4])",
            "ERL_EPMD_ADDRESS=127.0.0.1", "/usr/lib/rabbitmq/bin/rabbitmq-server",
        ]
        let outcome: Result<Void, any Error>
        do {
            try await LaunchedServer.with(words, ready: .listening([ports[1], ports[2]])) { _ in
                let account = ["user": "guest", "password": "guest"]
                try await BrokerFleet.check("stomp", "ws://127.0.0.1:\(ports[2])/", agents: 200, options: account)
                try await BrokerFleet.check("stomp", "stomp://127.0.0.1:\(ports[1])", agents: 50, options: account)
            }
            outcome = .success(())
        } catch { outcome = .failure(error) }
        // The port mapper that the node started goes its own way.
        let mapper = try LaunchedServer(["epmd", "-port", "\(ports[4])", "-kill"])
        try await Task.sleep(for: .milliseconds(300))
        await mapper.stop()
        try outcome.get()
    }
}
