import Backends
import Glibc
import NIOCore
import NIOPosix
import UnixSignals

/// Runs an embedded backend from its ready line to its end.
package enum ServeController {
    /// How long connections may take to end once the end was asked for; `serve` promises two seconds.
    private static let grace: Duration = .milliseconds(1_500)

    /// Serves until SIGTERM, SIGINT or, when asked for, the end of standard input.
    ///
    /// - Parameters:
    ///   - request: what to serve, and where.
    ///   - ready: gets the one line for standard output, once the server takes connections.
    /// - Throws: `HarnessError` (unknown backend, bad flag, port in use, launch failed).
    package static func run(_ request: ServeRequest, ready: (String) -> Void) async throws {
        let options = try request.options()
        DescriptorLimit.raise()
        // Trapped before the ready line, because whoever reads it may ask for the end at once.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: options.loops)
        let server: RunningServer
        do {
            server = try await EmbeddedServers.start(
                id: request.backend, host: request.host, port: request.port, options: options, group: group)
        } catch {
            try? await group.shutdownGracefully()
            throw Self.notStarted(error, request)
        }
        ready(ReadyLine(backend: request.backend, url: server.url, pid: getpid()).line)
        fflush(nil)
        await Self.end(signals, endsWithInput: request.endsWithInput)
        let isOrderly = await Self.race(limit: self.grace) {
            await server.shutdown()
            try? await group.shutdownGracefully()
        }
        // A client that never lets go must not keep the process: what it was owed is lost with it.
        if !isOrderly { _exit(CommandStatus.pass.rawValue) }
    }

    /// Returns at the first reason to end.
    private static func end(_ signals: UnixSignalsSequence, endsWithInput: Bool) async {
        let (reasons, sink) = AsyncStream.makeStream(of: Void.self)
        let signalled = Task { for await _ in signals { sink.yield() } }
        // The thread that reads standard input cannot be cancelled; it ends with the process.
        let input =
            endsWithInput
            ? Task {
                await StandardInputEnd.wait()
                sink.yield()
            } : nil
        for await _ in reasons { break }
        signalled.cancel()
        input?.cancel()
    }

    /// Runs `work`, but no longer than `limit`.
    ///
    /// - Returns: whether it finished.
    private static func race(limit: Duration, _ work: @escaping @Sendable () async -> Void) async -> Bool {
        let (ends, sink) = AsyncStream.makeStream(of: Bool.self)
        Task {
            await work()
            sink.yield(true)
        }
        Task {
            try? await Task.sleep(for: limit)
            sink.yield(false)
        }
        for await isOrderly in ends { return isOrderly }
        return false
    }

    private static func notStarted(_ error: any Error, _ request: ServeRequest) -> HarnessError {
        let place = "\(request.host):\(request.port)"
        switch (error as? ServerError)?.code {
        case .addressInUse:
            return HarnessError(
                .portInUse, "cannot listen on \(place): address already in use",
                cure: "choose another --port, or --port 0 for a free one", cause: error)
        case .badAddress:
            return HarnessError(
                .launchFailed, "cannot listen on \(place): \(error)",
                cure: "choose an address of this machine with --host and a --port from 1024", cause: error)
        case .tls:
            return HarnessError(
                .badFlag, "\(error)", cure: "give PEM files with --tls-cert and --tls-key", cause: error)
        case .notEmbedded:
            return HarnessError(
                .unknownBackend, "\(error)", cure: "see 'signalbench list backends'", cause: error)
        case .other, nil:
            return HarnessError(
                .launchFailed, "cannot listen on \(place): \(error)", cure: "check --host and --port", cause: error)
        }
    }
}
