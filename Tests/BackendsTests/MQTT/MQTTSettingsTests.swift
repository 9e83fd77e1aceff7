import NIOCore
import Signaling
import Testing

@testable import Backends

/// What the options of the MQTT backends put on the wire.
struct MQTTSettingsTests {
    /// A dialect as its connection sees it, and the broker's side of the wire.
    struct Line {
        private var dialect: MQTTDialect
        private var out = Outbox(seed: 1, framing: .bytes)
        private let broker = MQTTCodec(.v5, receiver: .server)
        private let now = Instant(nanoseconds: 1_000_000_000)

        init(_ options: [String: String]) throws {
            let settings = BackendSettings(id: "mqtt5", url: try BackendURL.parse("mqtt://h"), options: options)
            self.dialect = try MQTTDialect(settings, ticket: .none)
            self.dialect.opened(now: self.now, into: &self.out)
            _ = try self.dialect.expired(now: self.now, into: &self.out)
        }

        mutating func send(_ command: Command) -> Submission {
            self.dialect.encode(command, now: self.now, into: &self.out)
        }

        mutating func receive(_ packet: MQTTPacket) throws {
            var bytes = self.broker.encode(packet)
            while try self.dialect.next(&bytes, now: self.now, into: &self.out) != nil {}
        }

        mutating func sent() throws -> [MQTTPacket] {
            guard var wire = self.out.takeWire() else { return [] }
            var packets: [MQTTPacket] = []
            while let packet = try self.broker.next(&wire) { packets.append(packet) }
            return packets
        }

        /// Joins a room, with every answer of a willing broker.
        ///
        /// - Returns: CONNECT and SUBSCRIBE.
        mutating func join() throws -> (MQTTConnect, MQTTSubscribe) {
            #expect(self.send(.join(room: "r")) == .written)
            guard case .connect(let connect)? = try self.sent().first else { throw Missing() }
            try self.receive(.connack(MQTTConnack()))
            guard case .subscribe(let subscribe)? = try self.sent().first else { throw Missing() }
            let codes = subscribe.filters.map { MQTTReason(rawValue: $0.qos.rawValue) }
            try self.receive(.suback(MQTTSuback(packetID: subscribe.packetID, reasons: codes)))
            return (connect, subscribe)
        }
    }

    struct Missing: Error {}

    @Test func `prefixes begin the identifier and every topic, the will's among them`() throws {
        var line = try Line([
            "clientPrefix": "cam-", "topicPrefix": "tenant/7", "layout": "inbox",
            "userProperties": #"{"team":"a","x y":"1=2"}"#, "receiveMaximum": "9",
        ])
        let (connect, subscribe) = try line.join()
        let id = String(decoding: connect.clientID, as: UTF8.self)
        #expect(id.hasPrefix("cam-sb"))
        let topics = subscribe.filters.map { String(decoding: $0.topic, as: UTF8.self) }
        #expect(topics == ["tenant/7/sig/r/all", "tenant/7/sig/r/to/\(id)"])
        #expect(connect.will.map { String(decoding: $0.topic, as: UTF8.self) } == topics[0])
        #expect(connect.properties.number(.receiveMaximum) == 9)
        #expect(connect.properties.items.filter { $0.id == .userProperty }.count == 2)
        #expect(line.send(.send(signal: ByteBuffer(string: "{}"), to: .room, id: 1)) == .written)
        guard case .publish(let publish)? = try line.sent().first else { throw Missing() }
        #expect(String(decoding: publish.topic, as: UTF8.self) == topics[0])
    }

    @Test(arguments: [("1", 1), ("3", 3), (nil, 20)] as [(String?, Int)])
    func `no more than inflight messages wait for their acknowledgement`(option: String?, count: Int) throws {
        var line = try Line(["qos": "1"].merging(option.map { ["inflight": $0] } ?? [:]) { $1 })
        _ = try line.join()
        for id in 0..<25 {
            #expect(line.send(.send(signal: ByteBuffer(string: "{}"), to: .room, id: UInt64(id))) != .refused)
        }
        let sent = try line.sent()
        #expect(sent.count == count)
        guard case .publish(let first)? = sent.first else { throw Missing() }
        try line.receive(.puback(MQTTAck(packetID: first.packetID)))
        #expect(try line.sent().count == 1)
    }

    @Test(arguments: [
        ["topicPrefix": "a/#"], ["inflight": "0"], ["inflight": "65536"], ["userProperties": "{"],
    ])
    func `values that mean nothing are refused`(options: [String: String]) {
        #expect(throws: BackendError.self) { try Line(options) }
    }
}
