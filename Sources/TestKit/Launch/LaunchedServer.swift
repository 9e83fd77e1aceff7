import Foundation
import Glibc
import Synchronization

/// A server that a test starts, waits for and stops: a child in a process group of its own.
///
/// It never outlives the test: `with(_:ready:_:)` stops it however its body ends, a forgotten one is killed with its last
/// reference, and should this whole process die, a watchdog at the other end of a line kills the group.
package final class LaunchedServer: Sendable {
    /// It did not start, or did not get ready.
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    /// How it is known that it takes connections.
    package enum Readiness: Sendable {
        /// All of these ports of loopback accept.
        case listening([Int])
        /// The first line of its standard output begins with this.
        case says(String)
    }

    package let pid: Int32
    private let words: [String]
    private let folder: String
    private let watchdog: Watchdog
    /// The status as `waitpid` gives it, once the child was reaped.
    private let ending = Mutex<CInt?>(nil)

    /// Starts it; what it prints is kept in files, so that no pipe can fill up.
    ///
    /// - Parameter words: the program, looked up in `PATH`, and its arguments.
    /// - Throws: ``Failed`` when it cannot be started.
    package init(_ words: [String]) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/server-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.words = words
        self.folder = folder
        do {
            self.pid = try ChildProcess.spawn(
                words, input: nil, output: folder + "/output", errors: folder + "/errors")
            self.watchdog = try Watchdog(group: self.pid)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    deinit {
        if !self.hasEnded {
            kill(-self.pid, SIGKILL)
            var status: CInt = 0
            waitpid(self.pid, &status, 0)
        }
        try? FileManager.default.removeItem(atPath: self.folder)
    }

    /// Starts a server for the length of `body`.
    ///
    /// - Parameters:
    ///   - words: the program and its arguments.
    ///   - ready: how to know that it is ready.
    ///   - body: what needs it.
    /// - Returns: what `body` returns.
    /// - Throws: ``Failed`` with what the server printed when it does not get ready, or what `body` throws.
    package static func with<R: Sendable>(
        _ words: [String], ready: Readiness, _ body: (LaunchedServer) async throws -> R
    ) async throws -> R {
        let server = try LaunchedServer(words)
        let result: Result<R, any Error>
        do {
            try await server.waitUntilReady(ready)
            result = .success(try await body(server))
        } catch { result = .failure(error) }
        await server.stop()
        return try result.get()
    }

    /// Standard output so far.
    package var output: String { self.text("output") }

    /// Standard error so far.
    package var errors: String { self.text("errors") }

    /// Waits until it takes connections.
    ///
    /// - Throws: ``Failed`` when it ends before, or takes longer than `patience`.
    package func waitUntilReady(_ readiness: Readiness, patience: Duration = .seconds(60)) async throws {
        let clock = ContinuousClock()
        let limit = clock.now + patience
        while clock.now < limit {
            if self.hasEnded { throw Failed(description: "\(self.words) ended: \(self.output) \(self.errors)") }
            switch readiness {
            case .listening(let ports): if ports.allSatisfy({ Loopback.accepts(port: $0) }) { return }
            case .says(let start): if self.output.hasPrefix(start), self.output.contains("\n") { return }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Failed(description: "\(self.words) did not get ready: \(self.output) \(self.errors)")
    }

    /// Sends it a signal.
    package func send(_ signal: CInt) {
        if !self.hasEnded { kill(self.pid, signal) }
    }

    /// Asks it to end, and kills its group when it has not after three seconds; returns when it is gone.
    package func stop() async {
        await self.end(with: SIGTERM, patience: .seconds(3))
    }

    /// Kills it, as a crash would; returns when it is gone.
    package func crash() async {
        await self.end(with: SIGKILL, patience: .seconds(3))
    }

    /// How it ended: the exit code, or 128 + n after signal n; nil while it runs.
    package var status: Int? {
        guard self.hasEnded, let status = self.ending.withLock({ $0 }) else { return nil }
        return Int(status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F)
    }

    private func end(with signal: CInt, patience: Duration) async {
        self.send(signal)
        let clock = ContinuousClock()
        let limit = clock.now + patience
        while !self.hasEnded, clock.now < limit {
            // A cancelled test must stop its servers too, so this sleep does not look at the task.
            await withCheckedContinuation { continuation in
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(10)) { continuation.resume() }
            }
        }
        // Whatever it started itself ends with it.
        kill(-self.pid, SIGKILL)
        while !self.hasEnded { usleep(1_000) }
        self.watchdog.end()
    }

    private var hasEnded: Bool {
        self.ending.withLock { ending in
            if ending != nil { return true }
            var status: CInt = 0
            guard waitpid(self.pid, &status, WNOHANG) == self.pid else { return false }
            ending = status
            return true
        }
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: "\(self.folder)/\(name)", encoding: .utf8)) ?? ""
    }
}
