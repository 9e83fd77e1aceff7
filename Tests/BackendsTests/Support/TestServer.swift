import Backends
import NIOCore
import NIOPosix

/// Runs a relay for the length of a test, on a group of its own.
func withRelay<R: Sendable>(
    _ id: String = "relay", host: String = "127.0.0.1", clientLoops: Int = 1,
    _ configure: (inout ServerOptions) -> Void = { _ in },
    _ body: (RunningServer, MultiThreadedEventLoopGroup) async throws -> R
) async throws -> R {
    var options = ServerOptions()
    configure(&options)
    let servers = MultiThreadedEventLoopGroup(numberOfThreads: options.loops)
    let clients = MultiThreadedEventLoopGroup(numberOfThreads: clientLoops)
    let server = try await EmbeddedServers.start(
        id: id, host: host, port: 0, options: options, group: servers)
    let result: Result<R, any Error>
    do { result = .success(try await body(server, clients)) } catch { result = .failure(error) }
    await server.shutdown()
    try await clients.shutdownGracefully()
    try await servers.shutdownGracefully()
    return try result.get()
}

/// Waits until something holds, looking often; gives up after ten seconds.
func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
    for _ in 0..<1_000 {
        if try await holds() { return }
        try await Task.sleep(nanoseconds: 10_000_000)
    }
    throw NeverHeld(what: what)
}

struct NeverHeld: Error, CustomStringConvertible {
    let what: String
    var description: String { "never came true: \(self.what)" }
}
