import Backends
import Foundation
import Synchronization

/// An embedded server as a child that can be stopped and started again at its address.
actor FixtureServer {
    private let id: String
    private let flags: [String]
    private let own: String
    private let logFolder: String?
    private var port = 0
    private var task: Task<Void, any Error>?
    private var stop: AsyncStream<Void>.Continuation?
    private(set) var pid: Int32 = 0
    private(set) var url = ""

    init(id: String, flags: [String], own: String, logFolder: String?) {
        self.id = id
        self.flags = flags
        self.own = own
        self.logFolder = logFolder
    }

    /// Starts it.
    ///
    /// - Throws: `HarnessError` (launch failed, port in use).
    func start() async throws {
        let words = ["serve", self.id, "--host", "127.0.0.1", "--port", "\(self.port)"] + self.flags
        let command = LaunchCommand(
            executable: self.own, arguments: words + ["--until-eof"], shown: ["signalbench"] + words,
            announcement: .readyLine)
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        let (ready, readiness) = AsyncStream.makeStream(of: RunningBackend.self)
        self.stop = stop
        let launcher = BackendLauncher(logFolder: self.logFolder)
        let task = Task {
            defer { readiness.finish() }
            try await launcher.withBackend(command) { backend in
                readiness.yield(backend)
                for await _ in stops { break }
            }
        }
        self.task = task
        guard let backend = await ready.first(where: { _ in true }) else {
            try await task.value
            throw HarnessError(.launchFailed, "'\(command.text)' did not listen", cure: "run the command by hand")
        }
        self.pid = backend.pid
        self.url = backend.url ?? ""
        self.port = (try? BackendURL.parse(self.url).port) ?? 0
    }

    /// Stops it and waits for its end.
    func end() async {
        self.stop?.yield()
        self.stop?.finish()
        _ = try? await self.task?.value
        self.task = nil
    }

    /// Stops it and starts it again at the same address.
    func restart() async throws {
        await self.end()
        try await self.start()
    }

    /// Its resident memory in bytes; nil when it does not run.
    var residentBytes: Int? {
        ProcessStat(pid: self.pid).map { Int($0.residentPages * ProcessStat.pageSize) }
    }
}
