import Backends
import Fleet
import Foundation
import Measure
import NIOCore
import Simulation
import Synchronization
import Testing

@testable import Harness
@testable import Workload

/// Recordings played by agents in virtual time, and recorded once more as the proxy of `record` would.
struct ReplayTests {
    /// One recorder for each room, by the number of the connection.
    private final class Ears: Sendable {
        private let recorders: Mutex<[CallRecorder]>
        private let members: Int

        init(rooms: Int, members: Int) {
            self.recorders = Mutex((0..<rooms).map { CallRecorder(seed: UInt64($0)) })
            self.members = members
        }

        /// A connection goes to the room of its agent: they are dialled in the order of the agents.
        func take(_ bytes: ByteBuffer, _ connection: Int, _ now: Int64) {
            self.recorders.withLock {
                _ = $0[connection / self.members % $0.count].take(bytes, of: connection, at: now)
            }
        }

        func calls() throws -> [RecordedCall] {
            try self.recorders.withLock { recorders in
                try recorders.map { try RecordedCall(bytes: Array(JSONEncoder().encode($0.file))) }
            }
        }
    }

    private final class Ear: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let ears: Ears
        private let connection: Int

        init(_ ears: Ears, _ connection: Int) { (self.ears, self.connection) = (ears, connection) }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            let now = Int64(context.eventLoop.now.uptimeNanoseconds)
            self.ears.take(self.unwrapOutboundIn(data), self.connection, now)
            context.write(data, promise: promise)
        }
    }

    /// What each ordered pair of peers said, by kind: the bytes of the texts, ascending.
    private static func sizes(_ call: RecordedCall) -> [String: [Int]] {
        let peers = RecordedMesh(call).peers
        func name(_ peer: String?) -> String { peer.flatMap { peers.firstIndex(of: $0) }.map { "\($0)" } ?? "all" }
        var sizes: [String: [Int]] = [:]
        for message in call.messages.map(\.message) where message.type != "bye" {
            let size = (message.sdp ?? message.candidate ?? "").utf8.count
            sizes["\(message.type) \(name(message.from)) to \(name(message.sendto))", default: []].append(size)
        }
        return sizes.mapValues { $0.sorted() }
    }

    /// The call that the program carries, as a file, with arrivals or without.
    private static func file(_ peers: String) -> [UInt8] {
        Array(PackageResources.chromium_mesh4_json.utf8.prefix { $0 != UInt8(ascii: "{") }) + Array("{\(peers)".utf8)
            + Array(PackageResources.chromium_mesh4_json.utf8.drop { $0 != UInt8(ascii: "{") }.dropFirst())
    }

    private static func profile(_ file: [UInt8], _ extra: String = "") throws -> Profile {
        var checks = ProfileReader.Checks()
        checks.recording = { $0 == "call.json" ? file : nil }
        return try ProfileReader.read(
            text: """
                agents: 12
                rooms: {size: 4, fill: sequential}
                arrival: {pattern: constant, rate: 1/s}
                calls: {when: recorded}
                signaling: {payload: call.json, pacing: call.json}
                chatter: none
                phases: {warmup: 1s, steady: 2s, drain: 5s}
                \(extra)
                """, file: "replay.yaml", checks: checks)
    }

    private static let arrivals = """
        "peers": [{"name": "A", "arrived_ms": -300}, {"name": "B", "arrived_ms": -250},
        {"name": "C", "arrived_ms": -100}, {"name": "D", "arrived_ms": -50}],
        """

    @Test(arguments: ["", Self.arrivals])
    func `agents that play a recording say what its peers said, pair by pair, in their rhythm`(peers: String) throws {
        let file = Self.file(peers)
        let ears = Ears(rooms: 3, members: 4)
        var run = SimulatedRun(try Self.profile(file))
        run.onOpen = { link in
            try? link.client.pipeline.syncOperations.addHandler(Ear(ears, link.id))
        }
        let result = try run.play()
        #expect(result.outcome.samples.pairs.allSatisfy { $0.progress.connectableAt != nil })
        #expect(result.outcome.samples.pairs.count == 18)
        let original = try RecordedCall(bytes: file)
        let sizes = Self.sizes(original)
        let mesh = RecordedMesh(original)
        #expect(mesh.unplayed == 0 && mesh.pairs.count == 6)
        for call in try ears.calls() {
            #expect(Self.sizes(call) == sizes)
            let replayed = RecordedMesh(call)
            for (pair, model) in zip(replayed.pairs, mesh.pairs) {
                #expect((pair.offerer, pair.answerer) == (model.offerer, model.answerer))
                #expect(abs(pair.offer.at - model.offer.at) <= 1_000_000)
                #expect(abs(pair.think.answer - model.think.answer) <= 1_000_000)
                for (own, recorded) in zip(pair.offer.candidates, model.offer.candidates) {
                    #expect(abs(own.delay - recorded.delay) <= 1_000_000)
                }
            }
            for (call, model) in zip(replayed.calls, mesh.calls) {
                #expect(
                    zip([call].compactMap(\.self), [model].compactMap(\.self)).allSatisfy { abs($0 - $1) < 1_000_000 })
            }
            // No ufrag of the recording, and none of another pair, is among them.
            let fragments = call.messages.compactMap {
                $0.message.sdp?.firstMatch(of: #/a=ice-ufrag:(\S+)/#).map { String($0.1) }
            }
            #expect(Set(fragments).count == 12)
        }
    }

    @Test func `rooms that are larger or smaller than the recording connect as well`() throws {
        var run = SimulatedRun(try Self.profile(Self.file(""), "seed: 4"))
        run.profile.rooms.layout = .size(6)
        run.profile.calls.when = .present
        run.profile.calls.gap = .seconds(3)
        let result = try run.play()
        #expect(result.outcome.samples.pairs.count == 30)
        #expect(result.outcome.samples.pairs.allSatisfy { $0.progress.connectableAt != nil })
        #expect(result.outcome.samples.ledger.lost == 0)
    }
}
