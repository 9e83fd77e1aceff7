package import Backends
import Fleet
import Foundation
package import Measure
package import Reporting
import Signaling
package import Workload

/// What one shard of a divided run leaves behind: everything that the report of the whole is made from.
///
/// Written once, whole or not at all, when its run is over; times count from T0.
package struct ShardPart: Codable, Sendable {
    package static let currentSchemaVersion = 1

    package var schemaVersion = Self.currentSchemaVersion
    /// Name, version and fingerprint of the program, which all parts must share.
    package var tool: String
    package var binary: String
    package var shard: Shard
    /// Of the attempt: the id of the run, in the tags of all its shards.
    package var attempt: UInt32
    package var plan: PlanReport
    package var profile: JSONValue
    package var backend: BackendReport
    package var capabilities: Capabilities
    package var environment: EnvironmentReport
    package var host: String
    package var loops: Int
    package var clock: ClockReading
    /// When T0 was to be and when it was, in seconds since 1970 by this host's clock.
    package var plannedStart: Double
    package var startedAt: Double
    package var ending: Ending
    package var phases: [SeriesReport.PhaseMark]
    /// Seconds from T0 to the end.
    package var duration: Double
    package var roomPrefix: String
    /// Connections that were opened to each remote address.
    package var addresses: [String: Int]
    package var rows: [SeriesRow]
    package var samples: LoopSamples
    package var generator: UsageTotals?
    package var validity: Validity

    /// How a run ended.
    package enum Ending: Codable, Equatable, Sendable {
        case completed
        case interrupted
        case backendLost(at: Double, detail: String)
    }

    /// The name of a shard's file.
    package static func name(_ shard: Shard) -> String { "part-\(shard.index)-of-\(shard.count).json" }
}

/// What a host's clock says beside that of the shared folder's server.
package struct ClockReading: Codable, Equatable, Sendable {
    /// Seconds to be added to the host's clock.
    package var offset: Double
    /// The offset is right within so many seconds.
    package var bound: Double

    package init(offset: Double, bound: Double) {
        self.offset = offset
        self.bound = bound
    }

    /// The offset as far as it is one: within its bound it may as well be none.
    package var correction: Double { self.offset.magnitude <= self.bound ? 0 : self.offset }
}

/// What the run of a shard knows beside its measurements.
struct PartFacts: Sendable {
    var start: ShardStart
    var rows: [SeriesRow]
    var loops: Int
}

/// When all shards begin, and under which id.
package struct ShardStart: Codable, Equatable, Sendable {
    package var runID: UInt32
    /// T0 in seconds since 1970: as shared, by the clock of the folder's server; as used, by the host's.
    package var at: Double
    /// Of the host; not shared.
    package var clock: ClockReading?

    package init(runID: UInt32, at: Double, clock: ClockReading? = nil) {
        self.runID = runID
        self.at = at
        self.clock = clock
    }

    /// The same for a host.
    func here(_ clock: ClockReading) -> ShardStart {
        ShardStart(runID: self.runID, at: self.at - clock.correction, clock: clock)
    }
}

extension ShardPart {
    /// - Parameters:
    ///   - run: what was measured.
    ///   - result: its own report.
    ///   - facts: what it knows beside it.
    ///   - shard: which part it was.
    ///   - profile: as the report has it.
    ///   - binary: the program's fingerprint.
    init(
        _ run: FinishedRun, result: RunResult, facts: PartFacts, shard: Shard, profile: JSONValue, binary: String
    ) {
        let outcome = run.outcome
        var samples = outcome.samples
        samples.rebase(from: outcome.startedAt)
        self.tool = result.tool
        self.binary = binary
        self.shard = shard
        self.attempt = facts.start.runID
        self.plan = result.plan
        self.profile = profile
        self.backend = result.backend
        self.capabilities = run.capabilities
        self.environment = result.environment
        self.host = MachineFacts.host
        self.loops = facts.loops
        self.clock = facts.start.clock ?? ClockReading(offset: 0, bound: .greatestFiniteMagnitude)
        self.plannedStart = facts.start.at
        self.startedAt = run.startedAt.timeIntervalSince1970
        switch outcome.ending {
        case .completed: self.ending = .completed
        case .interrupted: self.ending = .interrupted
        case .backendLost(let at, let detail): self.ending = .backendLost(at: at, detail: detail)
        }
        self.phases = outcome.phases.map { .init(name: $0.phase.rawValue, start: $0.start, end: $0.end) }
        self.duration = outcome.duration
        self.roomPrefix = outcome.roomPrefix
        self.addresses = outcome.addresses
        self.rows = facts.rows
        self.samples = samples
        self.generator = UsageTotals.generator(run.usage)
        self.validity = result.validity
    }

    /// Writes it.
    ///
    /// - Parameter folder: of all parts.
    /// - Throws: `HarnessError` (results lost).
    func write(to folder: String) throws(HarnessError) {
        let path = folder + "/" + Self.name(self.shard)
        do {
            try AtomicFile.write(ReportCoding.encoder().encode(self), to: URL(filePath: path))
        } catch {
            throw HarnessError(
                .resultsLost, "cannot write the part \(path): \(error)",
                cure: "make room and run all shards again: what is missing is not made up for", cause: error)
        }
    }
}
