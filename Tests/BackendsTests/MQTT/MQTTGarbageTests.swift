import NIOCore
import Signaling
import Testing

@testable import Backends

/// What a broker hands on that is no signal.
struct MQTTGarbageTests {
    /// A member of the room `room` by MQTT 3.1.1, and the events of a message there.
    private static func events(of payload: String) throws -> [Inbound] {
        let url = BackendURL(scheme: "mqtt", host: "127.0.0.1", port: 1)
        var dialect = try MQTTDialect(BackendSettings(id: "mqtt", url: url), ticket: Ticket(values: ["id": "me"]))
        var out = Outbox(seed: 1, framing: .bytes)
        let now = Instant(nanoseconds: 0)
        dialect.opened(now: now, into: &out)
        #expect(try dialect.expired(now: now, into: &out) == .welcomed(PeerID("me")))
        #expect(dialect.encode(.join(room: "room"), now: now, into: &out) == .written)
        let codec = MQTTCodec(.v311, receiver: .client)
        var bytes = codec.encode(.connack(MQTTConnack()))
        bytes.writeImmutableBuffer(codec.encode(.suback(MQTTSuback(packetID: 1, reasons: [.success]))))
        let publish = MQTTPublish(topic: Array("sig/room".utf8), payload: Array(payload.utf8))
        bytes.writeImmutableBuffer(codec.encode(.publish(publish)))
        var events: [Inbound] = []
        while let event = try dialect.next(&bytes, now: now, into: &out) { events.append(event) }
        return events
    }

    @Test func `a signal without a tag is handed on`() throws {
        let events = try Self.events(of: #"{"type":"call","from":"x"}"#)
        guard case .signal = events.last else {
            Issue.record("\(events)")
            return
        }
    }

    @Test(arguments: [#"{"type":"call","from":"x"}x"#, #"{"type":"call","from":"x"} {"#, "{}{}", "1 2"])
    func `one with something behind it is not`(payload: String) throws {
        #expect(try Self.events(of: payload).last == .control)
    }
}
