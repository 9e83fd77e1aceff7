import Backends
import Foundation
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
        for notice in server.notices { FileHandle.standardError.write(Data("note: \(notice)\n".utf8)) }
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
        case .data:
            return HarnessError(
                .badFlag, "cannot use --data \(request.data ?? ""): \(error)",
                cure: "restore the folder, choose another one, or leave --data out to keep nothing", cause: error)
        case .account:
            return HarnessError(
                .badFlag, "\(error)", cure: "give --account NAME:PASSWORD, such as a@example.org:secret", cause: error)
        case .notEmbedded:
            return HarnessError(
                .unknownBackend, "\(error)", cure: "see 'signalbench list backends'", cause: error)
        case .other, nil:
            return HarnessError(
                .launchFailed, "cannot listen on \(place): \(error)", cure: "check --host and --port", cause: error)
        }
    }
}

/// What a user asks `serve` for.
package struct ServeRequest: Sendable {
    package var backend: String
    package var host = "127.0.0.1"
    package var port = 0
    package var echo = false
    /// A duration such as `20ms`.
    package var delay: String?
    package var path: String?
    package var loops = 1
    /// Bytes of the largest message.
    package var maxMessage: Int?
    /// Bytes that may wait for one slow member.
    package var memberQueue: Int?
    /// Folder in which `baas` keeps what is stored.
    package var data: String?
    /// Who may log in at `baas`, each as `NAME:PASSWORD`.
    package var accounts: [String] = []
    /// Published limits that `baas` keeps to: `free`.
    package var limits: String?
    /// Durations such as `300ms`: between two pings, for the answer to one, and for a connection to become one.
    package var pingInterval: String?
    package var pingTimeout: String?
    package var handshakeTimeout: String?
    /// Whether `socketio` has the holes of the server that was published in 2016.
    package var isFaithful2016 = false
    /// PEM files; both or neither.
    package var certificate: String?
    package var key: String?
    /// Whether the end of standard input ends the server, too.
    package var endsWithInput = false

    package init(backend: String) {
        self.backend = backend
    }

    /// The server's options.
    ///
    /// - Throws: `HarnessError` (unknown backend, bad flag).
    func options() throws(HarnessError) -> ServerOptions {
        guard let descriptor = BackendCatalogue.descriptor(for: self.backend) else {
            throw BackendChoice.flagError(BackendCatalogue.unknown(self.backend))
        }
        guard descriptor.embedded else {
            throw HarnessError(
                .badFlag, "\(self.backend) has no embedded server", cure: "start a server of its own kind instead")
        }
        try Self.check("--port", self.port, in: 0...65535)
        try Self.check("--loops", self.loops, in: 1...256)
        if let maxMessage { try Self.check("--max-message", maxMessage, in: 1...(1 << 30)) }
        if let memberQueue { try Self.check("--member-queue", memberQueue, in: 1...(1 << 40)) }
        guard (self.certificate == nil) == (self.key == nil) else {
            throw HarnessError(
                .badFlag, "--tls-cert and --tls-key belong together", cure: "give both PEM files, or neither")
        }
        var options = ServerOptions()
        options.echo = self.echo
        options.loops = self.loops
        options.certificateFile = self.certificate
        options.keyFile = self.key
        options.maxMessageBytes = self.maxMessage ?? options.maxMessageBytes
        options.memberQueueBytes = self.memberQueue ?? options.memberQueueBytes
        try self.checkKind()
        options.dataFolder = self.data
        for account in self.accounts {
            let parts = account.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            options.accounts[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        options.hasFreeLimits = self.limits != nil
        options.isFaithful2016 = self.isFaithful2016
        for (flag, text, place) in [
            ("--delay", self.delay, \ServerOptions.delay), ("--ping-interval", self.pingInterval, \.pingInterval),
            ("--ping-timeout", self.pingTimeout, \.pingTimeout),
            ("--handshake-timeout", self.handshakeTimeout, \.handshakeTimeout),
        ] {
            guard let text else { continue }
            guard let nanoseconds = OptionReader.nanoseconds(text), flag == "--delay" || nanoseconds > 0 else {
                throw HarnessError(.badFlag, "\(flag) \(text) is not a duration", cure: "for example \(flag) 300ms")
            }
            options[keyPath: place] = nanoseconds
        }
        if let path = self.path { options.path = path.hasPrefix("/") ? path : "/" + path }
        return options
    }

    /// Holds flags that only some servers have to those.
    private func checkKind() throws(HarnessError) {
        let wire = BackendCatalogue.descriptor(for: self.backend)?.wire
        let isRelay = wire == .relay
        func only(_ owner: BackendDescriptor.WireProtocol) -> (belongs: Bool, owner: String) {
            (wire == owner, BackendCatalogue.all(speaking: owner).map(\.id).joined(separator: ", "))
        }
        let (baas, socketIO) = (only(.milkcocoa), only(.socketIO))
        let misplaced: [(flag: String, isGiven: Bool, belongs: Bool, owner: String)] = [
            ("--echo", self.echo, isRelay, "the relays"), ("--delay", self.delay != nil, isRelay, "the relays"),
            ("--loops", self.loops != 1, isRelay, "the relays"),
            ("--data", self.data != nil, baas.belongs, baas.owner),
            ("--limits", self.limits != nil, baas.belongs, baas.owner),
            ("--account", !self.accounts.isEmpty, baas.belongs, baas.owner),
            ("--faithful-2016", self.isFaithful2016, socketIO.belongs, socketIO.owner),
        ]
        for entry in misplaced where entry.isGiven && !entry.belongs {
            throw HarnessError(
                .badFlag, "\(entry.flag) is for \(entry.owner), not for \(self.backend)", cure: "leave it out")
        }
        if let limits, limits != "free" {
            throw HarnessError(.badFlag, "--limits \(limits) is not free", cure: "give --limits free, or leave it out")
        }
    }

    private static func check(_ flag: String, _ value: Int, in range: ClosedRange<Int>) throws(HarnessError) {
        guard !range.contains(value) else { return }
        throw HarnessError(
            .badFlag, "\(flag) \(value) is not within \(range.lowerBound)…\(range.upperBound)",
            cure: "choose a number in that range")
    }
}
