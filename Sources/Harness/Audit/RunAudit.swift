import Backends
import Fleet
import Measure
import Signaling
import Workload

/// The packets of one run, from before its first connection to after its last.
struct RunAudit: Sendable {
    private let capture: PacketCapture
    private let port: Int

    /// Begins to capture.
    ///
    /// - Parameters:
    ///   - settings: the backend's, with the URL that agents dial.
    ///   - profile: the run's.
    /// - Throws: `HarnessError` (bad flag) where packets may not be read, or would not show what is carried.
    init(_ settings: BackendSettings, profile: Profile) throws {
        let compression = settings.options["compression"] ?? profile.backend.reach["compression"]
        let obstacle: (String, String)? =
            if settings.url.command != nil {
                ("agents behind a program", "audit a backend that is dialled")
            } else if settings.url.isSecure {
                ("what TLS hides", "give the address without TLS")
            } else if compression == "deflate" {
                ("what deflate packs", "leave out backend.compression")
            } else if try ReachOptions(settings).proxy != nil || !profile.faults.isEmpty {
                ("what passes a proxy", "leave out backend.proxy and faults")
            } else {
                nil
            }
        if let (what, cure) = obstacle {
            throw HarnessError(.badFlag, "--audit cannot read \(what)", cure: cure)
        }
        self.port = settings.url.port
        self.capture = try PacketCapture(port: self.port)
    }

    /// Ends the capture and reads it.
    ///
    /// - Parameters:
    ///   - outcome: the run; nil for one that failed, of whose packets nothing is wanted.
    ///   - run: its id.
    ///   - plan: what it played.
    /// - Returns: what the packets say.
    func end(_ outcome: FleetOutcome?, run: UInt32, plan: Plan) -> AuditReport {
        let origin = outcome?.startedAt.nanoseconds ?? 0
        var audit = WireAudit(
            run: run, port: UInt16(truncatingIfNeeded: self.port),
            steady: origin + plan.phases.steadyStart..<origin + plan.phases.steadyEnd)
        let dropped = self.capture.end { packet, time in
            if outcome != nil { audit.take(packet, at: time) }
        }
        var report = audit.report
        report.dropped = dropped
        return report
    }
}
