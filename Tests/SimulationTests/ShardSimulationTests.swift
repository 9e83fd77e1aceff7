import Fleet
import Foundation
import Measure
import Signaling
import Simulation
import Testing
import Workload

/// One plan, played whole and in parts.
struct ShardSimulationTests {
    private func run(_ shard: Shard) throws -> SimulatedRun.Result {
        var profile = Profile()
        profile.agents = 22
        profile.rooms.layout = .size(4)
        profile.arrival.rate = .init(perSecond: 20)
        profile.signaling.candidates = .init(offerer: 2, answerer: 2)
        profile.phases.warmup = .seconds(1)
        profile.phases.steady = .seconds(3)
        profile.phases.drain = .seconds(3)
        var chatter = Profile.Chatter()
        (chatter.rate, chatter.bytes) = (.init(perSecond: 2), 100)
        profile.chatter = chatter
        var run = SimulatedRun(profile)
        run.shard = shard
        return try run.play()
    }

    /// What a part leaves behind, as it comes back from its file.
    private func part(_ shard: Shard) throws -> LoopSamples {
        let outcome = try self.run(shard).outcome
        var samples = outcome.samples
        samples.rebase(from: outcome.startedAt)
        return try JSONDecoder().decode(LoopSamples.self, from: JSONEncoder().encode(samples))
    }

    @Test(arguments: [2, 3, 4])
    func `parts add up to the whole, message by message`(count: Int) throws {
        let whole = try self.part(.whole)
        var sum = LoopSamples()
        for index in 0..<count { sum.add(try self.part(try #require(Shard(index: index, count: count)))) }
        #expect(whole.ledger.expected > 1_000)
        #expect(sum.signaling == whole.signaling)
        #expect(sum.chatter == whole.chatter)
        #expect(sum.ledger == whole.ledger)
        #expect(sum.session == whole.session)
        #expect(sum.roomsComplete == whole.roomsComplete)
        for probe in Probe.allCases where probe != .loopLag {
            #expect(sum[probe].total == whole[probe].total, "\(probe.path)")
        }
        // The same pairs at the same planned times, whoever played them.
        func names(_ samples: LoopSamples) -> Set<[Int64]> {
            Set(
                samples.pairs.map { pair in
                    [
                        Int64(pair.progress.room), Int64(pair.progress.sessionA), Int64(pair.progress.sessionB),
                        Int64(pair.agentA), Int64(pair.agentB), pair.progress.start.nanoseconds,
                        pair.progress.isCensored ? 1 : 0,
                    ]
                })
        }
        #expect(sum.pairs.count == whole.pairs.count)
        #expect(names(sum) == names(whole))
    }

    @Test func `a part comes back from its file as it was`() throws {
        let outcome = try self.run(try #require(Shard(index: 1, count: 2))).outcome
        var before = outcome.samples
        before.rebase(from: outcome.startedAt)
        // The place in a log that is gone means nothing to anybody else.
        for index in before.pairs.indices { before.pairs[index].progress.lastEvent = -1 }
        before.pairs[0].history = [
            PairEvent(at: Instant(nanoseconds: 5), session: 1, previous: -1, kind: .offer, note: .sent),
            PairEvent(at: Instant(nanoseconds: 9), session: 7, previous: 0, kind: .answer, note: .lost),
        ]
        before.pairs[0].progress.lostEnd(at: Instant(nanoseconds: 7))
        let after = try JSONDecoder().decode(LoopSamples.self, from: JSONEncoder().encode(before))
        #expect(after.probes == before.probes)
        #expect(after.pairs.map { "\($0)" } == before.pairs.map { "\($0)" })
        #expect(after.pairs.first?.history.count == 2)
        #expect(after.traffic == before.traffic && after.toForeign == before.toForeign)
        #expect(after.session == before.session)
        #expect(after.causes == before.causes)
        #expect(after.roomsCompleteAt == before.roomsCompleteAt)
        #expect(after.pairs.allSatisfy { $0.progress.start.nanoseconds >= 0 })
    }
}
