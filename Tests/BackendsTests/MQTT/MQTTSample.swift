import NIOCore

@testable import Backends

/// A packet beside its bytes, which were written out by hand from the specification's tables.
struct MQTTSample: Sendable, CustomStringConvertible {
    var version: MQTTVersion
    /// The end that receives it.
    var receiver: MQTTRole
    var packet: MQTTPacket
    var bytes: [UInt8]

    var description: String { "\(self.packet.type.name) of \(self.version), \(self.bytes.count) bytes" }

    /// Every packet type of both versions, short and with all that it may hold.
    static let all = Self.connection + Self.messages + Self.topics + Self.fifth

    private static func make(
        _ versions: [MQTTVersion], to receivers: [MQTTRole], _ packet: MQTTPacket, _ bytes: [UInt8]
    ) -> [MQTTSample] {
        versions.flatMap { version in
            receivers.map { MQTTSample(version: version, receiver: $0, packet: packet, bytes: bytes) }
        }
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static let connection: [MQTTSample] = {
        var plain = MQTTConnect()
        plain.clientID = Self.text("ab")
        plain.keepAlive = 60
        var full = MQTTConnect()
        full.clientID = Self.text("é")
        full.cleanStart = false
        full.keepAlive = 0x1234
        full.will = MQTTWill(topic: Self.text("w"), payload: [0, 255], qos: .exactlyOnce, isRetained: true)
        full.userName = Self.text("u")
        full.password = [1, 2, 3]
        let name: [UInt8] = [0, 4] + Self.text("MQTT")
        return Self.make(
            [.v311], to: [.server], .connect(plain), [0x10, 14] + name + [4, 0x02, 0, 60, 0, 2] + Self.text("ab"))
            + Self.make(
                [.v5], to: [.server], .connect(plain), [0x10, 15] + name + [5, 0x02, 0, 60, 0, 0, 2] + Self.text("ab"))
            + Self.make(
                [.v311], to: [.server], .connect(full),
                [0x10, 29] + name + [4, 0xF4, 0x12, 0x34, 0, 2, 0xC3, 0xA9, 0, 1, 0x77, 0, 2, 0, 255, 0, 1, 0x75, 0, 3]
                    + [1, 2, 3])
            + Self.make([.v311], to: [.client], .connack(MQTTConnack()), [0x20, 2, 0, 0])
            + Self.make([.v311], to: [.client], .connack(MQTTConnack(isSessionPresent: true)), [0x20, 2, 1, 0])
            + Self.make([.v311], to: [.client], .connack(MQTTConnack(reason: .notAuthorized)), [0x20, 2, 0, 5])
            + Self.make([.v5], to: [.client], .connack(MQTTConnack(reason: .notAuthorized)), [0x20, 3, 0, 0x87, 0])
            + Self.make([.v311, .v5], to: [.server], .pingreq, [0xC0, 0])
            + Self.make([.v311, .v5], to: [.client], .pingresp, [0xD0, 0])
            + Self.make([.v311], to: [.server], .disconnect(MQTTNotice()), [0xE0, 0])
            + Self.make([.v5], to: [.server, .client], .disconnect(MQTTNotice()), [0xE0, 0])
            + Self.make(
                [.v5], to: [.client], .disconnect(MQTTNotice(reason: .sessionTakenOver)), [0xE0, 1, 0x8E])
    }()

    private static let messages: [MQTTSample] = {
        let both: [MQTTRole] = [.client, .server]
        let plain = MQTTPublish(topic: Self.text("a/b"), payload: Self.text("hi"))
        var second = plain
        second.qos = .exactlyOnce
        second.isDuplicate = true
        second.isRetained = true
        second.packetID = 0xABCD
        let long = MQTTPublish(topic: Self.text("t"), payload: [UInt8](repeating: 7, count: 200))
        let empty = MQTTPublish(topic: Self.text("t"), payload: [])
        let ack = MQTTAck(packetID: 0x0102)
        return Self.make([.v311], to: both, .publish(plain), [0x30, 7, 0, 3] + Self.text("a/bhi"))
            + Self.make([.v5], to: both, .publish(plain), [0x30, 8, 0, 3] + Self.text("a/b") + [0] + Self.text("hi"))
            + Self.make(
                [.v311], to: both, .publish(second),
                [0x3D, 9, 0, 3] + Self.text("a/b") + [0xAB, 0xCD] + Self.text("hi"))
            + Self.make(
                [.v5], to: both, .publish(second),
                [0x3D, 10, 0, 3] + Self.text("a/b") + [0xAB, 0xCD, 0] + Self.text("hi"))
            + Self.make([.v311], to: both, .publish(long), [0x30, 0xCB, 0x01, 0, 1, 0x74] + long.payload)
            + Self.make([.v311], to: both, .publish(empty), [0x30, 3, 0, 1, 0x74])
            + Self.make([.v311, .v5], to: both, .puback(ack), [0x40, 2, 1, 2])
            + Self.make([.v311, .v5], to: both, .pubrec(ack), [0x50, 2, 1, 2])
            + Self.make([.v311, .v5], to: both, .pubrel(ack), [0x62, 2, 1, 2])
            + Self.make([.v311, .v5], to: both, .pubcomp(ack), [0x70, 2, 1, 2])
            + Self.make(
                [.v5], to: both, .pubrel(MQTTAck(packetID: 1, reason: .packetIdentifierNotFound)),
                [0x62, 3, 0, 1, 0x92])
    }()

    private static let topics: [MQTTSample] = {
        let first = MQTTSubscribe.Filter(topic: Self.text("a/+"), qos: .atLeastOnce)
        let second = MQTTSubscribe.Filter(topic: Self.text("#"), qos: .exactlyOnce)
        var local = first
        local.noLocal = true
        local.retainAsPublished = true
        local.retainHandling = 2
        return Self.make(
            [.v311], to: [.server], .subscribe(MQTTSubscribe(packetID: 10, filters: [first, second])),
            [0x82, 12, 0, 10, 0, 3] + Self.text("a/+") + [1, 0, 1] + Self.text("#") + [2])
            + Self.make(
                [.v5], to: [.server], .subscribe(MQTTSubscribe(packetID: 10, filters: [local])),
                [0x82, 9, 0, 10, 0, 0, 3] + Self.text("a/+") + [0x2D])
            + Self.make(
                [.v311], to: [.client],
                .suback(MQTTSuback(packetID: 10, reasons: [.success, MQTTReason(rawValue: 2), .unspecified])),
                [0x90, 5, 0, 10, 0, 2, 0x80])
            + Self.make(
                [.v5], to: [.client], .suback(MQTTSuback(packetID: 10, reasons: [.notAuthorized])),
                [0x90, 4, 0, 10, 0, 0x87])
            + Self.make(
                [.v311], to: [.server],
                .unsubscribe(MQTTUnsubscribe(packetID: 3, filters: [Self.text("a"), Self.text("b")])),
                [0xA2, 8, 0, 3, 0, 1, 0x61, 0, 1, 0x62])
            + Self.make(
                [.v5], to: [.server], .unsubscribe(MQTTUnsubscribe(packetID: 3, filters: [Self.text("a")])),
                [0xA2, 6, 0, 3, 0, 0, 1, 0x61])
            + Self.make([.v311], to: [.client], .unsuback(MQTTSuback(packetID: 3, reasons: [])), [0xB0, 2, 0, 3])
            + Self.make(
                [.v5], to: [.client], .unsuback(MQTTSuback(packetID: 3, reasons: [MQTTReason(rawValue: 0x11)])),
                [0xB0, 4, 0, 3, 0, 0x11])
    }()

    /// What only 5.0 has: properties of every kind of value, and AUTH.
    private static let fifth: [MQTTSample] = {
        var connect = MQTTConnect()
        connect.properties.append(.sessionExpiryInterval, 0x0102_0304)
        connect.properties.append(.receiveMaximum, 20)
        connect.properties.append(.requestProblemInformation, 1)
        connect.properties.append(.userProperty, Self.text("k"), Self.text("v"))
        connect.properties.append(.userProperty, Self.text("k"), Self.text("w"))
        connect.properties.append(.authenticationMethod, Self.text("m"))
        connect.properties.append(.authenticationData, [0, 1])
        connect.will = MQTTWill(topic: Self.text("w"), payload: [])
        connect.will?.properties.append(.willDelayInterval, 5)
        var connack = MQTTConnack(isSessionPresent: true)
        connack.properties.append(.assignedClientIdentifier, Self.text("id"))
        connack.properties.append(.maximumQoS, 1)
        connack.properties.append(.serverKeepAlive, 30)
        var publish = MQTTPublish(topic: [], payload: [9])
        publish.properties.append(.topicAlias, 3)
        publish.properties.append(.payloadFormatIndicator, 1)
        publish.properties.append(.subscriptionIdentifier, 200)
        publish.properties.append(.subscriptionIdentifier, 1)
        var ack = MQTTAck(packetID: 1, reason: MQTTReason(rawValue: 0x10))
        ack.properties.append(.reasonString, Self.text("no"))
        var auth = MQTTNotice(reason: MQTTReason(rawValue: 0x18))
        auth.properties.append(.authenticationMethod, Self.text("m"))
        let properties: [UInt8] =
            [0x11, 1, 2, 3, 4, 0x21, 0, 20, 0x17, 1, 0x26, 0, 1, 0x6B, 0, 1, 0x76, 0x26, 0, 1, 0x6B, 0, 1, 0x77]
            + [0x15, 0, 1, 0x6D, 0x16, 0, 2, 0, 1]
        return Self.make(
            [.v5], to: [.server], .connect(connect),
            [0x10, 57, 0, 4] + Self.text("MQTT") + [5, 0x06, 0, 0, 33] + properties
                + [0, 0, 5, 0x18, 0, 0, 0, 5, 0, 1, 0x77, 0, 0])
            + Self.make(
                [.v5], to: [.client], .connack(connack),
                [0x20, 13, 1, 0, 10, 0x12, 0, 2] + Self.text("id") + [0x24, 1, 0x13, 0, 30])
            + Self.make(
                [.v5], to: [.client], .publish(publish),
                [0x30, 14, 0, 0, 10, 0x23, 0, 3, 0x01, 1, 0x0B, 0xC8, 0x01, 0x0B, 1, 9])
            + Self.make(
                [.v5], to: [.client, .server], .puback(ack), [0x40, 9, 0, 1, 0x10, 5, 0x1F, 0, 2] + Self.text("no"))
            + Self.make(
                [.v5], to: [.client, .server], .auth(auth), [0xF0, 6, 0x18, 4, 0x15, 0, 1, 0x6D])
            + Self.make([.v5], to: [.client], .auth(MQTTNotice()), [0xF0, 0])
    }()
}
