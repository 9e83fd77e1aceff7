import Backends
import Fleet
import Foundation
import Measure
import NIOCore
import NIOPosix
import Workload

/// Deliveries per processor second over loopback: a fleet beside a bare client that gets the very same stream.
///
/// One relay, one room, so many agents that chatter and as many bare members that only count frames: both get every
/// message of the room at the same time, on an event loop of their own in a process of their own.
enum LoopbackBenchmark {
    private static let members = 100
    private static let chatterPerSecond = 2.5
    private static let seconds: Int64 = 8

    /// Prints the pairs and the median of their ratios.
    static func run(pairs: Int) async throws {
        var ratios: [Double] = []
        for _ in 0..<pairs {
            let (fleet, bare) = try await Self.pair()
            ratios.append(fleet / bare)
            print("fleet \(Int(fleet))/s bare \(Int(bare))/s ratio \(Self.text(fleet / bare))")
        }
        ratios.sort()
        print("ratio over \(pairs) pairs: median \(Self.text(ratios[pairs / 2])), goal 0.80 or more")
    }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }

    /// Deliveries per processor second of the fleet's loop, and of the bare client's.
    private static func pair() async throws -> (fleet: Double, bare: Double) {
        let relay = try Child(sibling: "signalbench", ["serve", "relay"])
        defer { relay.stop() }
        let ready = try JSONDecoder().decode(Ready.self, from: Data(try relay.line().utf8))
        let configuration = try BenchmarkSetup.configuration(
            agents: Self.members, url: ready.url, chatter: Self.chatterPerSecond, steady: Self.seconds)
        let counter = try Child(
            path: CommandLine.arguments[0], ["count", ready.url, configuration.plan.rooms[0].name, "\(Self.members)"])
        defer { counter.stop() }
        _ = try counter.line()
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: configuration.loops)
        let outcome = try await FleetRun(configuration).run(on: Array(loops.makeIterator()))
        try await loops.shutdownGracefully()
        counter.closeInput()
        let counted = try counter.line().split(separator: " ").compactMap { Double($0) }
        guard counted.count == 2, counted[1] > 0, outcome.samples.loopSeconds > 0 else {
            throw BenchmarkError("the bare client said nothing usable")
        }
        let deliveries = Double(outcome.samples.traffic.deliveries)
        return (deliveries / outcome.samples.loopSeconds, counted[0] / counted[1])
    }

    private struct Ready: Decodable {
        var url: String
    }
}
