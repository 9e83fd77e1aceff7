import Foundation
import Glibc
import Measure
import Reporting
import Signaling
package import Workload

/// Where the shards of a run meet: a folder that all of them see, and nothing else.
///
/// Each says that it is ready by a file that cannot be there twice. When all are, shard 0 writes when to begin. If one
/// does not come, or is of another plan or program, nobody begins: a run with fewer agents would be another run.
package struct Rendezvous: Sendable {
    private let folder: String
    private let shard: Shard
    private let plan: String
    private let binary: String
    private let patience: Double
    /// How long before T0 it is written down, so that all have read it by then.
    private let lead: Double

    private static let startFile = "start.json"
    private static let refusalFile = "refused.json"
    private static let step = Duration.milliseconds(50)

    /// - Parameters:
    ///   - folder: shared by all shards, and of this attempt alone.
    ///   - shard: which one this is.
    ///   - plan: the plan's digest.
    ///   - binary: the program's fingerprint.
    ///   - patience: how many seconds to wait for the others.
    ///   - lead: seconds between the last one's arrival and T0.
    package init(
        folder: String, shard: Shard, plan: String, binary: String, patience: Double = 60, lead: Double = 3
    ) {
        self.folder = folder
        self.shard = shard
        self.plan = plan
        self.binary = binary
        self.patience = patience
        self.lead = lead
    }

    /// What a shard says when it comes.
    private struct Ready: Codable {
        var plan: String
        var binary: String
        var host: String
        var pid: Int32

        var place: String { "\(self.host), process \(self.pid)" }
    }

    private struct Refusal: Codable {
        var reason: String
    }

    /// Waits for all shards.
    ///
    /// - Parameter isCancelled: whether the user does not want to wait any more.
    /// - Returns: when to begin.
    /// - Throws: `HarnessError` (parts unfit) when another is missing, doubled or of another plan or program, or when the
    ///   folder holds another attempt; (interrupted); (unwritable output).
    package func meet(isCancelled: @Sendable () -> Bool = { false }) async throws -> ShardStart {
        try self.refuseOtherAttempts()
        let clock = try self.sayReady()
        let limit = ContinuousClock.now + .seconds(self.patience + (self.shard.index == 0 ? 0 : self.lead + 5))
        while true {
            if isCancelled() {
                throw self.refuse(HarnessError(.interrupted, "interrupted while waiting for the others", cure: ""))
            }
            if let refusal: Refusal = Self.read(self.folder + "/" + Self.refusalFile) {
                throw HarnessError(.partsUnfit, refusal.reason, cure: "run all shards again, in a folder of their own")
            }
            if self.shard.index == 0 {
                if let start = try self.begin(clock) { return start }
            } else if let start: ShardStart = Self.read(self.folder + "/" + Self.startFile) {
                return start.here(clock)
            }
            guard ContinuousClock.now < limit else { throw self.refuse(self.missing()) }
            try await Task.sleep(for: Self.step)
        }
    }

    /// Sleeps until shortly before T0.
    ///
    /// - Parameter start: when that is.
    package static func sleep(until start: ShardStart) async {
        // The fleet has a head start of 20 ms of its own.
        let left = start.at - 0.02 - Date().timeIntervalSince1970
        if left > 0 { try? await Task.sleep(for: .seconds(left)) }
    }

    // MARK: - Steps

    private func refuseOtherAttempts() throws(HarnessError) {
        for name in [Self.startFile, Self.refusalFile, ShardPart.name(self.shard)]
        where access(self.folder + "/" + name, F_OK) == 0 {
            throw HarnessError(
                .partsUnfit,
                "\(self.folder) has \(name) already: it is of another attempt, or shard \(self.shard.text) is there twice",
                cure: "give all shards a new folder")
        }
    }

    /// Leaves the file of this shard, and reads from it how this clock stands to that of the folder's server.
    private func sayReady() throws(HarnessError) -> ClockReading {
        let ready = Ready(plan: self.plan, binary: self.binary, host: MachineFacts.host, pid: getpid())
        let path = self.readyPath(self.shard.index)
        let temporary = "\(self.folder)/.ready-\(self.shard.index)-\(UInt64.random(in: .min ... .max))"
        defer { unlink(temporary) }
        let before = Date().timeIntervalSince1970
        var facts = stat()
        do {
            try ReportCoding.encoder().encode(ready).write(to: URL(filePath: temporary))
            guard stat(temporary, &facts) == 0 else { throw POSIXError(.EIO) }
        } catch {
            throw HarnessError(
                .unwritableOutput, "cannot write to the folder '\(self.folder)': \(error.localizedDescription)",
                cure: "give a folder that all shards can write to", cause: error)
        }
        let after = Date().timeIntervalSince1970
        // A name can be given once: of two shards of one number, the second finds it taken.
        guard link(temporary, path) == 0 else {
            let other: Ready? = Self.read(path)
            throw self.refuse(
                HarnessError(
                    .partsUnfit,
                    "shard \(self.shard.text) is there twice: here and on \(other?.place ?? "another host")",
                    cure: "start each shard once, in a folder of their own"))
        }
        let written = Double(facts.st_mtim.tv_sec) + Double(facts.st_mtim.tv_nsec) / 1e9
        // Files are stamped with the clock of the last tick.
        return ClockReading(offset: written - (before + after) / 2, bound: (after - before) / 2 + 0.01)
    }

    /// Of shard 0: writes when to begin as soon as all are there; nil while they are not.
    private func begin(_ clock: ClockReading) throws(HarnessError) -> ShardStart? {
        var others: [Ready] = []
        for index in 0..<self.shard.count {
            guard let ready: Ready = Self.read(self.readyPath(index)) else { return nil }
            others.append(ready)
        }
        if let index = others.firstIndex(where: { $0.plan != self.plan || $0.binary != self.binary }) {
            let other = others[index]
            throw self.refuse(
                HarnessError(
                    .partsUnfit,
                    "shard \(index)/\(self.shard.count) (\(other.place)) has another "
                        + (other.plan != self.plan ? "plan" : "program") + " than shard 0",
                    cure: "give all shards the same program, profile and flags"))
        }
        let start = ShardStart(
            runID: .random(in: 1...UInt32.max), at: Date().timeIntervalSince1970 + clock.correction + self.lead)
        do {
            try AtomicFile.write(
                ReportCoding.encoder().encode(start), to: URL(filePath: self.folder + "/" + Self.startFile))
        } catch {
            throw HarnessError(
                .unwritableOutput, "cannot write to the folder '\(self.folder)': \(error)",
                cure: "give a folder that all shards can write to", cause: error)
        }
        return start.here(clock)
    }

    private func missing() -> HarnessError {
        let missing = (0..<self.shard.count).filter { access(self.readyPath($0), F_OK) != 0 }
        let names = missing.map { "\($0)/\(self.shard.count)" }.joined(separator: ", ")
        return HarnessError(
            .partsUnfit,
            missing.isEmpty
                ? "shard 0 did not say when to begin"
                : "shard \(names) did not come within \(ProgressFigures.seconds(self.patience))",
            cure: "start all shards, or wait longer with --wait; fewer would be another run")
    }

    /// Tells the others, as long as they wait, that this shard does not come.
    ///
    /// - Parameter error: why not.
    func giveUp(_ error: any Error) {
        guard access(self.folder + "/" + Self.startFile, F_OK) != 0 else { return }
        _ = self.refuse(
            error as? HarnessError ?? HarnessError(.internalError, "internal error: \(error)", cure: "", cause: error))
    }

    /// Tells the others that there will be no run.
    private func refuse(_ error: HarnessError) -> HarnessError {
        let path = self.folder + "/" + Self.refusalFile
        guard access(path, F_OK) != 0 else { return error }
        let refusal = Refusal(reason: "shard \(self.shard.text) gave up: \(error.message)")
        try? AtomicFile.write(
            (try? ReportCoding.encoder().encode(refusal)) ?? Data(), to: URL(filePath: path))
        return error
    }

    private func readyPath(_ index: Int) -> String { "\(self.folder)/ready-\(index)-of-\(self.shard.count).json" }

    private static func read<Value: Decodable>(_ path: String) -> Value? {
        FileManager.default.contents(atPath: path).flatMap { try? JSONDecoder().decode(Value.self, from: $0) }
    }
}
