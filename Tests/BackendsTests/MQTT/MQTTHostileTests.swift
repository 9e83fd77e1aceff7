import NIOCore
import Signaling
import Testing

@testable import Backends

/// A hundred thousand packets that nobody meant: each is an event, an error, or too short, and none costs more memory than
/// it has bytes.
struct MQTTHostileTests {
    private static let now = Instant(nanoseconds: 1_000_000_000)
    private static let rounds = 100_000

    /// Random bytes behind a first byte that is often of a known type, with a length that is often right.
    private static func random(_ generator: inout SplitMix64) -> [UInt8] {
        let count = generator.uniform(below: 64)
        var bytes = (0..<count).map { _ in UInt8(generator.uniform(below: 256)) }
        guard generator.uniform(below: 4) > 0 else { return bytes }
        let type = MQTTPacketType.allCases[generator.uniform(below: MQTTPacketType.allCases.count)]
        let flags = type.flags ?? UInt8([0, 1, 2, 4, 10, 13][generator.uniform(below: 6)])
        bytes.insert(contentsOf: [type.rawValue << 4 | flags, UInt8(count)], at: 0)
        return bytes
    }

    /// A good packet with up to three bytes changed, dropped or doubled.
    private static func spoilt(_ generator: inout SplitMix64) -> [UInt8] {
        var bytes = MQTTSample.all[generator.uniform(below: MQTTSample.all.count)].bytes
        for _ in 0...generator.uniform(below: 3) where !bytes.isEmpty {
            let place = generator.uniform(below: bytes.count)
            switch generator.uniform(below: 3) {
            case 0: bytes[place] = UInt8(generator.uniform(below: 256))
            case 1: bytes.remove(at: place)
            default: bytes.insert(bytes[place], at: place)
            }
        }
        return bytes
    }

    @Test(arguments: [MQTTVersion.v311, .v5], [UInt64(1), 2])
    func `the codec outlives any packet`(version: MQTTVersion, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var errors = 0
        var packets = 0
        for round in 0..<Self.rounds / 2 {
            let bytes = round % 2 == 0 ? Self.random(&generator) : Self.spoilt(&generator)
            for receiver in [MQTTRole.client, .server] {
                let codec = MQTTCodec(version, receiver: receiver, maxPacket: 1 << 20)
                var buffer = ByteBuffer(bytes: bytes)
                do throws(MQTTError) {
                    while try codec.next(&buffer) != nil { packets += 1 }
                } catch {
                    errors += 1
                    #expect(error.reason.isFailure)
                }
                #expect(buffer.readableBytes <= bytes.count)
            }
        }
        // Both happened: neither was the test blind nor the codec.
        #expect(errors > Self.rounds / 10 && packets > Self.rounds / 100, "\(errors) errors, \(packets) packets")
    }

    @Test(arguments: [MQTTVersion.v311, .v5], [UInt64(3), 4])
    func `a session outlives any packet`(version: MQTTVersion, seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var events = 0
        var ends = 0
        for round in 0..<Self.rounds / 4 {
            var trace = MQTTTrace(version: version)
            try trace.connect()
            try trace.publish(1, .atLeastOnce)
            try trace.publish(2, .exactlyOnce)
            var buffer = ByteBuffer(
                bytes: round % 2 == 0 ? Self.random(&generator) : Self.spoilt(&generator))
            do throws(MQTTError) {
                while try trace.session.next(&buffer, now: Self.now, into: &trace.out) != nil { events += 1 }
            } catch {
                ends += 1
                trace.session.abort(error.reason, now: Self.now, into: &trace.out)
            }
            #expect(trace.session.inFlight.count + trace.session.queue.count <= 2)
            #expect(trace.session.heldBytes >= 0 && trace.session.heldBytes < 1_000)
            #expect((trace.out.takeWire()?.readableBytes ?? 0) < 2_000)
            #expect(trace.session.received.count < 64 && trace.session.aliases.count < 64)
        }
        #expect(events > 1_000 && ends > 1_000, "\(events) events, \(ends) ends")
    }
}
