import NIOCore
import Signaling
import Testing

@testable import Backends

/// A session without a network: packets in, events and packets out.
struct MQTTTrace {
    var session: MQTTSession
    var out = Outbox(seed: 1, framing: .bytes)
    var now = Instant(nanoseconds: 1_000_000_000)
    private let server: MQTTCodec
    private let client: MQTTCodec

    init(version: MQTTVersion, _ adjust: (inout MQTTSessionOptions) -> Void = { _ in }) {
        var options = MQTTSessionOptions(version: version, clientID: Array("me".utf8))
        adjust(&options)
        self.session = MQTTSession(options)
        self.server = MQTTCodec(version, receiver: .server)
        self.client = MQTTCodec(version, receiver: .client)
    }

    /// Opens the carrier and lets the server accept.
    ///
    /// - Returns: the CONNECT that was sent.
    @discardableResult
    mutating func connect(_ connack: MQTTConnack = MQTTConnack()) throws -> MQTTConnect {
        self.session.opened(now: self.now, into: &self.out)
        let sent = try self.sent()
        guard case .connect(let connect) = try #require(sent.first) else {
            Issue.record("\(sent) begins with no CONNECT")
            return MQTTConnect()
        }
        #expect(try self.receive(.connack(connack)) == [.connected(isResumed: connack.isSessionPresent)])
        return connect
    }

    /// Feeds a packet of the server's.
    ///
    /// - Returns: the events, those of messages that waited included.
    mutating func receive(_ packet: MQTTPacket) throws -> [MQTTEvent] { try self.receive(self.server.encode(packet)) }

    mutating func receive(_ bytes: ByteBuffer) throws -> [MQTTEvent] {
        var bytes = bytes
        var events: [MQTTEvent] = []
        while let event = try self.session.next(&bytes, now: self.now, into: &self.out) { events.append(event) }
        return events
    }

    @discardableResult
    mutating func publish(_ id: UInt64, _ qos: MQTTQoS, bytes: Int = 1) throws -> Submission {
        self.session.publish(
            Array("t".utf8), MQTTPayload(body: ByteBuffer(repeating: UInt8(truncatingIfNeeded: id), count: bytes)), qos,
            id: id, now: self.now, into: &self.out)
    }

    /// Takes what was sent since the last time.
    mutating func sent() throws -> [MQTTPacket] {
        guard var wire = self.out.takeWire() else { return [] }
        var packets: [MQTTPacket] = []
        while let packet = try self.server.next(&wire) { packets.append(packet) }
        #expect(wire.readableBytes == 0)
        return packets
    }

    /// The PUBLISH that ``publish(_:_:bytes:)`` sends.
    static func message(
        _ id: UInt64, _ qos: MQTTQoS, packetID: UInt16, isDuplicate: Bool = false
    ) -> MQTTPacket {
        .publish(
            MQTTPublish(
                topic: Array("t".utf8), payload: [UInt8(truncatingIfNeeded: id)], qos: qos, isDuplicate: isDuplicate,
                packetID: packetID))
    }
}
