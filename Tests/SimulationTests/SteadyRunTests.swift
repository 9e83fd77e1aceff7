import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

/// What a run says of servers whose latency changes while it measures, in virtual time.
struct SteadyRunTests {
    /// The verdict on the series of a run whose server takes so many milliseconds at a second of its steady phase.
    private static func steadyState(
        _ milliseconds: @escaping @Sendable (Double) -> Double
    ) throws -> (report: SteadyStateReport, reasons: [String]) {
        var run = LyingRun()
        run.profile.agents = 6
        run.profile.phases.steady = .seconds(40)
        // The calls take three seconds, and the warm-up one.
        run.lie = { server, simulation in
            let origin = simulation.loop.now + .seconds(4)
            var count: Int64 = 0
            server.fate = { text, _ in
                guard text.isA(.chatter) else { return .said }
                count += 1
                let time = Double((server.loop.now - origin).nanoseconds) / 1e9
                // No two take the same time.
                return .late(.microseconds(Int64(milliseconds(time) * 1_000) + count * 37 % 400))
            }
        }
        let validity = try run.play().validity
        return (try #require(validity.steadyState), validity.reasons)
    }

    @Test func `a server that is the same all the time is flat`() throws {
        let (report, reasons) = try Self.steadyState { _ in 5 }
        #expect(report.name == "flat" && report.isSteady && report.until == nil)
        #expect(report.rows >= 39 && reasons.isEmpty, "\(report) \(reasons)")
    }

    @Test func `a server that was slow at first has a warm-up, and the run says how long`() throws {
        let (report, reasons) = try Self.steadyState { $0 < 9 ? 60 : 5 }
        #expect(report.name == "warm-up")
        #expect(report.until.map { (8...13).contains($0) } == true, "\(report)")
        #expect(reasons.contains { $0.contains("lengthen phases.warmup") }, "\(reasons)")
    }

    @Test func `a server that becomes slow and stays so has a slowdown`() throws {
        let (report, reasons) = try Self.steadyState { $0 < 9 ? 5 : 60 }
        #expect(report.name == "slowdown")
        #expect(report.until.map { (8...13).contains($0) } == true, "\(report)")
        #expect(reasons.contains { $0.contains("one figure does not stand for both parts") }, "\(reasons)")
    }

    @Test func `a server that becomes slower and slower never settles`() throws {
        let (report, reasons) = try Self.steadyState { 5 + 5 * max(0, $0) }
        #expect(report.name == "none" && !report.isSteady && report.until == nil)
        #expect(reasons.contains { $0.contains("never settled") }, "\(reasons)")
    }
}
