import Backends
import Foundation
import Measure
import Reporting
import TestKit
import Testing
import Workload

@testable import Harness

/// Parts made up by hand, so that every defect can be planted.
struct ShardMergeTests {
    private static let profile: Profile = {
        var profile = Profile()
        profile.name = "tiny"
        profile.agents = 12
        profile.rooms.layout = .size(4)
        profile.chatter = nil
        profile.gates = ["messages.sent >= 30"]
        profile.verdict = .gates
        return profile
    }()

    private static func part(_ index: Int, of count: Int = 3, sent: UInt64 = 10) throws -> ShardPart {
        let shard = try #require(Shard(index: index, count: count))
        let plan = Planner.plan(self.profile, seed: self.profile.seed)
        var samples = LoopSamples()
        samples.signaling.sent = sent
        samples.signaling.useful = 2 * sent
        samples.signaling.sentBytes = 100 * sent
        samples.signaling.usefulBytes = 200 * sent
        samples.session.connected = UInt64(plan.agents(of: shard))
        samples.ledger.expected = 2 * sent
        samples.ledger.delivered = 2 * sent
        for value in 1...sent {
            samples[.negotiationTime].record(nanoseconds: Int64(value) * 1_000_000 * Int64(index + 1))
        }
        samples.busiestLoop = 0.1 * Double(index)
        let row = SeriesRow(
            t: 1, seconds: 1, agentsConnected: plan.agents(of: shard), connects: 1, offered: sent, sent: sent,
            deliveries: 2 * sent, useful: 2 * sent, negotiated: 0, connectable: 0)
        return ShardPart(
            tool: "signalbench test", binary: "b", shard: shard, attempt: 7,
            plan: PlanReport(
                digest: plan.digest, seed: plan.seed, comparableDigest: self.profile.comparableDigest),
            profile: try JSONValue(encoding: self.profile.redacted),
            backend: BackendReport(id: "relay", url: "ws://h:1/", command: nil, declared: [:]),
            capabilities: try BackendCatalogue.capabilities(
                BackendSettings(id: "relay", url: try BackendURL.parse("ws://h:1/"))),
            environment: EnvironmentReport(command: ["run"], facts: MachineFacts.read()), host: "host-\(index)",
            loops: 1,
            clock: ClockReading(offset: 0.002, bound: 0.01), plannedStart: 1_000_000, startedAt: 1_000_000.02,
            ending: .completed,
            phases: [.init(name: "ramp", start: 0, end: 1), .init(name: "steady", start: 1, end: 2)],
            duration: 2, roomPrefix: "", addresses: ["10.0.0.5": 4], rows: [row], samples: samples,
            generator: UsageTotals(cpuSeconds: 1, cores: 0.5, peakRSS: 1_000), validity: Validity(checks: []))
    }

    private static func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was refused"
        } catch let error as HarnessError where error.code == .partsUnfit {
            return error.message
        } catch {
            return "\(error)"
        }
    }

    @Test func `counts add up, distributions are merged, and gates judge the whole`() throws {
        let parts = [try Self.part(2), try Self.part(0), try Self.part(1)]
        let result = try ShardMerge(parts).document().result
        #expect(result.metrics["messages.sent"] == 30)
        #expect(result.metrics["signaling.deliveries"] == 60)
        #expect(result.metrics["agents.requested"] == 12)
        #expect(result.metrics["agents.connected"] == 12)
        #expect(result.metrics["generator.cpu"] == 1.5)
        #expect(result.histograms[Probe.negotiationTime.path]?.count == 30)
        #expect(result.histograms[Probe.negotiationTime.path]?.max == 30)
        #expect(result.series.columns["sent"] == [30])
        #expect(result.series.columns["agents.connected"] == [12])
        #expect(result.gates.map(\.verdict) == [.pass])
        #expect(result.validity.fit, "\(result.validity.reasons)")
        #expect(result.complete)
        #expect(result.backend.addresses == ["10.0.0.5": 12])
        #expect(result.shards?.map(\.host) == ["host-0", "host-1", "host-2"])
        #expect(result.shards?.map(\.agents) == [4, 4, 4])
        let lateness = try #require(result.shards?.first?.lateness)
        #expect(abs(lateness - 20) < 0.01)
    }

    @Test func `a missing part is named, nothing is made up for it, and no gate passes`() throws {
        let merge = try ShardMerge([try Self.part(0, sent: 100), try Self.part(2)]) { "seen \($0)" }
        #expect(merge.missing == [1])
        let result = try merge.document().result
        #expect(result.metrics["messages.sent"] == 110)
        #expect(result.gates.isEmpty)
        #expect(result.verdict == .invalid)
        #expect(result.exitCode == 74)
        #expect(!result.complete)
        #expect(result.validity.reasons.first?.contains("2 of 3 shards: shard 1/3 is missing (seen 1)") == true)
        #expect(result.prediction == nil)
        #expect(result.shards?.map(\.complete) == [true, false, true])
    }

    @Test func `what one part was not fit for, or came late to, the whole is not fit for`() throws {
        var unfit = try Self.part(1)
        unfit.validity = Validity(checks: [
            .init(name: "loop lag", value: 9, limit: 1, unit: "ms", fit: false, explanation: "the loop lagged")
        ])
        let lagged = try ShardMerge([try Self.part(0), unfit, try Self.part(2)]).document().result
        #expect(lagged.verdict == .invalid)
        #expect(lagged.validity.reasons == ["shard 1/3: the loop lagged"])
        #expect(lagged.validity.checks.contains { $0.name == "shard 1/3: loop lag" })

        var late = try Self.part(1)
        late.startedAt += 2
        let result = try ShardMerge([try Self.part(0), late, try Self.part(2)]).document().result
        #expect(!result.validity.fit)
        #expect(result.validity.reasons.first?.contains("shard 1/3 began 2020 ms after T0") == true)
    }

    @Test func `one interrupted shard interrupts the run, one lost backend loses it`() throws {
        var interrupted = try Self.part(1)
        interrupted.ending = .interrupted
        let ended = try ShardMerge([try Self.part(0), interrupted, try Self.part(2)]).document().result
        #expect(ended.verdict == .interrupted)
        #expect(!ended.complete)
        var lost = try Self.part(1)
        lost.ending = .backendLost(at: 1.5, detail: "gone")
        let result = try ShardMerge([try Self.part(0), lost, try Self.part(2)]).document().result
        #expect(result.verdict == .fail || result.verdict == .invalid)
    }

    @Test(arguments: [
        ("twice", "shard 1/3 is there twice"), ("plan", "different plans"), ("binary", "different programs"),
        ("attempt", "different attempts"), ("backend", "different backends"), ("count", "different divisions"),
        ("none", "there is no part"),
    ])
    func `what does not belong together is refused by name`(defect: String, message: String) throws {
        var other = try Self.part(1)
        switch defect {
        case "plan": other.plan.digest = "0"
        case "binary": other.binary = "c"
        case "attempt": other.attempt = 8
        case "backend": other.backend.id = "mqtt"
        case "count": other = try Self.part(1, of: 2)
        default: break
        }
        var parts = [try Self.part(0), other]
        if defect == "twice" { parts.append(try Self.part(1)) }
        if defect == "none" { parts = [] }
        let refused = Self.message { _ = try ShardMerge(parts) }
        #expect(refused.contains(message), "\(refused)")
    }

    @Test func `parts come back from their folder, and one that is cut short is refused`() throws {
        let folder = try TemporaryFolder()
        for index in 0..<3 { try Self.part(index).write(to: folder.path) }
        let outcome = try MergeController.run(folder: folder.path, out: folder.path + "/merged", writesHTML: true)
        #expect(outcome.status == .pass)
        let document = try ResultFile.read(folder.path + "/merged/report.json")
        #expect(document.result.shards?.count == 3)
        let page = try String(contentsOfFile: folder.path + "/merged/report.html", encoding: .utf8)
        #expect(page.contains("<section id=\"shards\">"))
        #expect(page.contains("host-2"))
        #expect(document.result == outcome.reports.first?.document.result)
        let path = "\(folder.path)/part-1-of-3.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try String(text.dropLast(20)).write(toFile: path, atomically: true, encoding: .utf8)
        let refused = Self.message { _ = try ShardFolder.read(folder.path) }
        #expect(refused.contains("is no part of a run, or is cut short"), "\(refused)")
    }

    @Test func `a profile that this program plans otherwise is refused`() throws {
        var parts = [try Self.part(0), try Self.part(1), try Self.part(2)]
        for index in parts.indices { parts[index].plan.digest = "0" }
        let refused = Self.message { _ = try ShardMerge(parts).document() }
        #expect(refused.contains("another plan"), "\(refused)")
    }
}
