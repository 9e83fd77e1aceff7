import NIOCore
import Signaling

@testable import Backends

/// MQTT's packets and a client's session.
enum MQTTDecoders {
    private struct Packets: Equatable {
        var packets: [MQTTPacket] = []
        var error: MQTTReason?
    }

    /// Option bits: 0 version 5, 1 the server's end, 2 a limit of 64 bytes.
    static func codec(_ input: FuzzInput) throws {
        let version: MQTTVersion = input.has(0) ? .v5 : .v311
        let limit = input.has(2) ? 64 : MQTTFrame.maxPacket
        let codec = MQTTCodec(version, receiver: input.has(1) ? .server : .client, maxPacket: limit)
        try expectSame(input) { pieces in
            var feeder = Feeder<MQTTPacket>(limit: input.payload.count)
            var error: MQTTReason?
            for piece in pieces {
                do {
                    try feeder.feed(piece) { try codec.next(&$0) }
                } catch let broken as MQTTError {
                    error = broken.reason
                    break
                }
            }
            for packet in feeder.events {
                var bytes = codec.encode(packet)
                guard try codec.next(&bytes) == packet, bytes.readableBytes == 0 else {
                    throw Violation("\(packet) written and read again is another")
                }
            }
            return Packets(packets: feeder.events, error: error)
        }
    }

    /// A client with something in its queue; option bits: 0 version 5, 1 aliases, 2 a window of one, 3 a kept session.
    static func session(_ input: FuzzInput) throws {
        var options = MQTTSessionOptions(version: input.has(0) ? .v5 : .v311, clientID: Array("me".utf8))
        options.topicAliasMaximum = input.has(1) ? 4 : 0
        options.window = input.has(2) ? 1 : 8
        options.sessionExpiry = input.has(3) ? 60 : 0
        options.receiveMaximum = 4
        let all = options
        try expectSame(input) { pieces in
            var session = MQTTSession(all)
            session.first = Array("sig/room".utf8)
            var out = Outbox(seed: 1, framing: .bytes)
            var now = Instant(nanoseconds: 0)
            session.opened(now: now, into: &out)
            var feeder = Feeder<MQTTEvent>(limit: input.payload.count + 64)
            var hasAsked = false
            do {
                for piece in pieces {
                    try feeder.feed(piece) { bytes in
                        let event = try session.next(&bytes, now: now, into: &out)
                        guard session.isConnected, !hasAsked else { return event }
                        hasAsked = true
                        Self.speak(&session, now: now, into: &out)
                        return event
                    }
                }
            } catch let error as MQTTError {
                session.abort(error.reason, now: now, into: &out)
            }
            now = now + 20_000_000_000
            _ = try? session.expired(now: now, into: &out)
            let isResumed = session.closed()
            session.opened(now: now, into: &out)
            return "\(feeder.events) \(isResumed) \(out.takeWire()?.readableBytes ?? 0)"
        }
    }

    private static func speak(_ session: inout MQTTSession, now: Instant, into out: inout Outbox) {
        let topic = Array("sig/room".utf8)
        _ = session.subscribe([MQTTSubscribe.Filter(topic: topic)], now: now, into: &out)
        for id in 0..<3 {
            let payload = MQTTPayload(body: ByteBuffer(string: "{}"))
            _ = session.publish(
                topic, payload, id == 0 ? .atLeastOnce : .exactlyOnce, id: UInt64(id), now: now, into: &out)
        }
    }
}
