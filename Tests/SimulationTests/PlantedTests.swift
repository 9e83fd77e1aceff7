import Measure
import NIOCore
import Simulation
import Testing
import Workload

/// Defects that are planted: the checks of the schedules must find each of them, and shrink what shows it.
struct PlantedTests {
    /// Looks for a schedule that fails with a defect, and shrinks it.
    private func find(
        _ mode: Schedule.Mode, _ plant: (inout SimulatedRun) -> Void
    ) throws -> (schedule: Schedule, problems: [String]) {
        for seed in 1...200 as ClosedRange<UInt64> {
            var schedule = Schedule(seed: seed, mode: mode)
            plant(&schedule.run)
            guard !Checks.problems(of: schedule).isEmpty else { continue }
            let least = schedule.shrunk { !Checks.problems(of: $0).isEmpty }
            var sound = least
            sound.run.planted = nil
            sound.run.onOpen = nil
            #expect(Checks.problems(of: sound) == [], "without the defect, \(sound)")
            return (least, Checks.problems(of: least))
        }
        throw NotFound()
    }

    private struct NotFound: Error {}

    @Test func `a ledger that forgets what leaves excuse is found`() throws {
        let (least, problems) = try self.find(.safety) { $0.planted = .excusesInSilence }
        #expect(
            problems.contains { $0.hasPrefix("expected is not delivered + lost + unsent + excused") }, "\(problems)")
        #expect(least.run.profile.agents <= 4 && least.run.faults.count <= 1, "\(least)")
    }

    @Test func `a session that takes the end of an old connection for the new one's is found`() throws {
        let (least, problems) = try self.find(.liveness) { $0.planted = .supersededEndCounts }
        #expect(!problems.isEmpty)
        #expect(least.run.profile.agents <= 4 && least.run.faults.count <= 1, "\(least)")
    }

    @Test func `an outbox that turns round what waits for a flush is found`() throws {
        let (least, problems) = try self.find(.safety) {
            $0.onOpen = { try? $0.client.pipeline.syncOperations.addHandler(TurnedOutbox()) }
        }
        #expect(!problems.isEmpty)
        #expect(least.run.profile.agents <= 4 && least.run.faults.isEmpty, "\(least)")
    }
}

/// Writes what an outbox would that hands its messages over in the wrong order.
private final class TurnedOutbox: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var waiting: [(NIOAny, EventLoopPromise<Void>?)] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.waiting.append((data, promise))
    }

    func flush(context: ChannelHandlerContext) {
        for (data, promise) in self.waiting.reversed() { context.write(data, promise: promise) }
        self.waiting = []
        context.flush()
    }
}
