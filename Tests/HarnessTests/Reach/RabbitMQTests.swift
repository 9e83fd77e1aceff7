import Foundation
import TestKit
import Testing

/// RabbitMQ's MQTT plugin, which grants less than is asked for.
@Suite(.enabled(if: Lane.isPatient, "RabbitMQ is another program"), .sideBySide, .serialized, .timeLimit(.minutes(2)))
struct RabbitMQTests {
    /// Starts a node of its own, with nothing but MQTT on one port of loopback.
    private static func with(_ body: (Int) async throws -> Void) async throws {
        let program = "/usr/lib/rabbitmq/bin/rabbitmq-server"
        // The command of that name changes the user, and forgets the environment.
        _ = try Programs.path(of: "rabbitmq-server")
        let folder = try TemporaryFolder()
        let ports = try Loopback.freePorts(3)
        let settings = """
            listeners.tcp = none
            mqtt.listeners.tcp.1 = 127.0.0.1:\(ports[0])
            mqtt.allow_anonymous = true
            mqtt.default_user = guest
            mqtt.default_pass = guest
            vm_memory_high_watermark.absolute = 300MB
            disk_free_limit.absolute = 1MB

            """
        let variables = [
            "HOME=\(folder.path)", "RABBITMQ_NODENAME=signalbench\(ports[0])@localhost",
            "RABBITMQ_MNESIA_BASE=\(folder.path)/store", "RABBITMQ_LOG_BASE=\(folder.path)/log", "RABBITMQ_LOGS=-",
            "RABBITMQ_ENABLED_PLUGINS_FILE=\(try folder.file("plugins", "[rabbitmq_mqtt].\n"))",
            "RABBITMQ_CONFIG_FILE=\(try folder.file("rabbitmq.conf", settings))", "RABBITMQ_DIST_PORT=\(ports[1])",
            "ERL_EPMD_PORT=\(ports[2])", "ERL_EPMD_ADDRESS=127.0.0.1",
        ]
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await LaunchedServer.with(["env"] + variables + [program], ready: .listening([ports[0]])) { _ in
                    try await body(ports[0])
                })
        } catch { result = .failure(error) }
        // The name server that the node started is a daemon of its own; it goes when it knows no node any more.
        for _ in 0..<20 where Loopback.accepts(port: ports[2]) {
            _ = try? Programs.run("epmd", ["-port", "\(ports[2])", "-kill"])
            try await Task.sleep(for: .milliseconds(100))
        }
        try result.get()
    }

    @Test func `a lower QoS than the one asked for is told, and the granted one carries everything`() async throws {
        try await Self.with { port in
            func flags(_ qos: Int) -> [String] { ["--backend", "mqtt?qos=\(qos):mqtt://127.0.0.1:\(port)"] }
            try await ReachRun.reaches(flags(1))
            try await ReachRun.fails(
                flags(2), saying: ["SUBACK granted QoS 1 where 2 was asked for", "backend.qos"], statuses: [1, 2])
        }
    }
}
