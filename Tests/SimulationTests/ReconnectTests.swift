import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Testing
import Workload

/// When agents that lost their connection dial again.
struct ReconnectTests {
    private typealias Backoff = Profile.Backend.Backoff

    /// The waits of one agent in a row, in milliseconds.
    private func waits(_ backoff: Profile.Backend.Backoff, _ count: Int, seed: UInt64) -> [Double] {
        var previous: Int64 = 0
        return (1...count).map { failures in
            previous = backoff.wait(
                failures: failures, previous: previous, draw: SplitMix64.mix(seed, UInt64(failures)))
            return Double(previous) / 1e6
        }
    }

    @Test(
        arguments: [
            (.paho, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000]),
            (.mqttJS, [1_000, 1_000, 1_000]), (.peerJS, [50, 50, 50]), (.eventSource, [3_000, 3_000]),
        ] as [(Profile.Backend.Reconnect, [Double])])
    func `a client without chance waits as it is documented to`(
        client: Profile.Backend.Reconnect, expected: [Double]
    ) throws {
        #expect(self.waits(try #require(client.preset), expected.count, seed: 1) == expected)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `socket.io waits half of it more or less, and never more than five seconds`(seed: UInt64) throws {
        let waits = self.waits(try #require(Profile.Backend.Reconnect.socketIO.preset), 6, seed: seed)
        for (wait, whole) in zip(waits, [1_000, 2_000, 4_000, 5_000, 5_000, 5_000] as [Double]) {
            #expect(wait >= whole / 2 && wait <= min(5_000, whole * 1.5), "seed \(seed)")
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `jitter keeps its bounds, and each draws differently`(seed: UInt64) {
        var backoff = Profile.Backend.Backoff.standard
        for (wait, whole) in zip(self.waits(backoff, 7, seed: seed), [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000]) {
            #expect(wait >= Double(whole) / 2 && wait <= Double(whole))
        }
        backoff.jitter = .full
        #expect(self.waits(backoff, 7, seed: seed).allSatisfy { $0 >= 0 && $0 <= 8_000 })
        backoff.jitter = .decorrelated
        var before = 250.0
        for wait in self.waits(backoff, 30, seed: seed) {
            #expect(wait >= 250 && wait <= min(8_000, max(250, 3 * before) + 1))
            before = wait
        }
        #expect(self.waits(backoff, 3, seed: seed) != self.waits(backoff, 3, seed: seed + 100))
    }

    /// When links were opened after a cut at second 4, in milliseconds from it, while nobody takes them.
    private func attempts(_ client: Profile.Backend.Reconnect, seed: UInt64 = 1) throws -> [Int64] {
        var run = SimulatedRun(agents: 8, roomSize: 4, candidates: 0)
        run.profile.phases.steady = .seconds(12)
        run.profile.backend.reconnect = client
        run.profile.seed = seed
        run.reconnect = .backoff
        run.profile.faults = [.init(at: .seconds(4), kind: .cut)]
        run.faults = [
            .init(at: .seconds(4), .link(.cut, all: true)), .init(at: .seconds(4), .refuse(.seconds(6))),
        ]
        let outcome = try run.play().outcome
        let tenths = outcome.samples.faults.attempts
        return (0..<58).flatMap { tenth in
            let at = 4_000_000_000 + Int64(tenth) * 100_000_000
            return [Int64](repeating: Int64(tenth) * 100, count: Int(tenths.sum(in: at..<at + 100_000_000)))
        }
    }

    @Test func `all that were cut at once come back at once where nothing is left to chance`() throws {
        let paho = try self.attempts(.paho)
        #expect(Set(paho).count == 2 && paho.count == 16, "\(paho)")
        let fixed = try self.attempts(.mqttJS)
        #expect(fixed.count == 8 * 5 && Set(fixed).count == 5, "\(fixed)")
        #expect(try self.attempts(.eventSource).count == 8)
    }

    @Test func `chance spreads them, the same in two runs of a seed and not in those of another`() throws {
        let first = try self.attempts(.socketIO)
        #expect(Set(first).count > 4)
        #expect(try self.attempts(.socketIO) == first)
        #expect(try self.attempts(.socketIO, seed: 2) != first)
    }
}
