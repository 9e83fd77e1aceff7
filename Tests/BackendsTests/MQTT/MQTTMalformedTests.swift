import NIOCore
import Testing

@testable import Backends

/// What the specification forbids, statement by statement, and the reason code that it asks for.
struct MQTTMalformedTests {
    /// Bytes, and what is wrong with them.
    struct Fault: Sendable, CustomStringConvertible {
        var name: String
        var reason: MQTTReason
        var bytes: [UInt8]
        var versions: [MQTTVersion] = [.v311, .v5]
        var receiver = MQTTRole.client

        var description: String { self.name }
    }

    private static let m = MQTTReason.malformedPacket
    private static let p = MQTTReason.protocolError
    private static let connect: [UInt8] = [0, 4] + Array("MQTT".utf8)

    private static let header = [
        Fault(name: "type 0 [2.1.2]", reason: m, bytes: [0x00]),
        Fault(name: "AUTH in 3.1.1 [2.2.1]", reason: m, bytes: [0xF0], versions: [.v311]),
        Fault(name: "flags of PUBREL [MQTT-2.1.3-1]", reason: m, bytes: [0x60]),
        Fault(name: "flags of CONNACK [MQTT-2.1.3-1]", reason: m, bytes: [0x21]),
        Fault(name: "flags of SUBSCRIBE [MQTT-3.8.1-1]", reason: m, bytes: [0x80], receiver: .server),
        Fault(name: "flags of UNSUBSCRIBE [MQTT-3.10.1-1]", reason: m, bytes: [0xA0], receiver: .server),
        Fault(name: "QoS 3 [MQTT-3.3.1-4]", reason: m, bytes: [0x36]),
        Fault(name: "DUP at QoS 0 [MQTT-3.3.1-2]", reason: m, bytes: [0x38]),
        Fault(name: "a length of five bytes [2.1.4]", reason: m, bytes: [0x30, 0x80, 0x80, 0x80, 0x80]),
        Fault(
            name: "a length that is longer than need be [MQTT-1.5.5-1]", reason: m, bytes: [0xD0, 0x80, 0],
            versions: [.v5]),
        Fault(name: "over the announced size [MQTT-3.1.2-24]", reason: .packetTooLarge, bytes: [0x30, 0xFF, 0x7F]),
        Fault(name: "PINGREQ from a server [2.1.2]", reason: p, bytes: [0xC0, 0]),
        Fault(name: "CONNECT from a server [2.1.2]", reason: p, bytes: [0x10, 0]),
        Fault(name: "SUBSCRIBE from a server [2.1.2]", reason: p, bytes: [0x82, 0]),
        Fault(name: "DISCONNECT from a server of 3.1.1 [3.14]", reason: p, bytes: [0xE0, 0], versions: [.v311]),
        Fault(name: "CONNACK from a client [2.1.2]", reason: p, bytes: [0x20, 0], receiver: .server),
        Fault(name: "PINGRESP with a payload [3.13]", reason: m, bytes: [0xD0, 1, 0]),
    ]

    private static let connection = [
        Fault(name: "CONNACK's reserved flags [MQTT-3.2.2-1]", reason: m, bytes: [0x20, 2, 2, 0], versions: [.v311]),
        Fault(name: "return code 6 [3.2.2.3]", reason: p, bytes: [0x20, 2, 0, 6], versions: [.v311]),
        Fault(name: "a session in a refusal [MQTT-3.2.2-6]", reason: p, bytes: [0x20, 3, 1, 0x87, 0], versions: [.v5]),
        Fault(
            name: "a reason that CONNACK has not [MQTT-3.2.2-8]", reason: p, bytes: [0x20, 3, 0, 0x8E, 0],
            versions: [.v5]),
        Fault(name: "CONNACK with more behind it", reason: m, bytes: [0x20, 3, 0, 0, 0], versions: [.v311]),
        Fault(
            name: "another protocol's name [MQTT-3.1.2-1]", reason: .unsupportedVersion,
            bytes: [0x10, 12, 0, 4, 0x4D, 0x51, 0x54, 0x58, 4, 2, 0, 0, 0, 0], versions: [.v311], receiver: .server),
        Fault(
            name: "another level [MQTT-3.1.2-2]", reason: .unsupportedVersion,
            bytes: [0x10, 12] + connect + [3, 2, 0, 0, 0, 0], receiver: .server),
        Fault(
            name: "CONNECT's reserved flag [MQTT-3.1.2-3]", reason: m,
            bytes: [0x10, 12] + connect + [4, 3, 0, 0, 0, 0], versions: [.v311], receiver: .server),
        Fault(
            name: "a will's QoS without a will [MQTT-3.1.2-11]", reason: m,
            bytes: [0x10, 12] + connect + [4, 0x0A, 0, 0, 0, 0], versions: [.v311], receiver: .server),
        Fault(
            name: "a will of QoS 3 [MQTT-3.1.2-12]", reason: m, bytes: [0x10, 12] + connect + [4, 0x1E, 0, 0, 0, 0],
            versions: [.v311], receiver: .server),
        Fault(
            name: "a password without a name (3.1.1 [MQTT-3.1.2-22])", reason: m,
            bytes: [0x10, 14] + connect + [4, 0x42, 0, 0, 0, 0, 0, 0], versions: [.v311], receiver: .server),
        Fault(
            name: "authentication data without a method [3.1.2.11.10]", reason: p,
            bytes: [0x10, 17] + connect + [5, 2, 0, 0, 4, 0x16, 0, 1, 7, 0, 0], versions: [.v5], receiver: .server),
        Fault(
            name: "a session expiry from a server [MQTT-3.14.2-2]", reason: p,
            bytes: [0xE0, 7, 0, 5, 0x11, 0, 0, 0, 1], versions: [.v5]),
        Fault(
            name: "DISCONNECT's reason for clients only [MQTT-3.14.2-1]", reason: p, bytes: [0xE0, 1, 0x04],
            versions: [.v5]),
        Fault(name: "AUTH without a method [3.15.2.2.2]", reason: p, bytes: [0xF0, 2, 0x18, 0], versions: [.v5]),
        Fault(
            name: "AUTH without the length of its properties [3.15.2.1]", reason: m, bytes: [0xF0, 1, 0x18],
            versions: [.v5]),
    ]

    private static let messages = [
        Fault(
            name: "a wildcard in a topic [MQTT-3.3.2-2]", reason: m, bytes: [0x30, 3, 0, 1, 0x2B], versions: [.v311]),
        Fault(
            name: "a wildcard in a topic [MQTT-3.3.2-2], 5.0", reason: m, bytes: [0x30, 4, 0, 1, 0x23, 0],
            versions: [.v5]),
        Fault(name: "an empty topic (3.1.1 [MQTT-4.7.3-1])", reason: m, bytes: [0x30, 2, 0, 0], versions: [.v311]),
        Fault(name: "neither topic nor alias [3.3.2.1]", reason: p, bytes: [0x30, 3, 0, 0, 0], versions: [.v5]),
        Fault(
            name: "an alias of 0 [MQTT-3.3.2-8]", reason: .topicAliasInvalid, bytes: [0x30, 6, 0, 0, 3, 0x23, 0, 0],
            versions: [.v5]),
        Fault(
            name: "a subscription identifier from a client [MQTT-3.3.4-6]", reason: p,
            bytes: [0x30, 6, 0, 1, 0x74, 2, 0x0B, 1], versions: [.v5], receiver: .server),
        Fault(
            name: "a subscription identifier of 0 [3.3.2.3.8]", reason: p, bytes: [0x30, 6, 0, 1, 0x74, 2, 0x0B, 0],
            versions: [.v5]),
        Fault(
            name: "a packet identifier of 0 [MQTT-2.2.1-4]", reason: p, bytes: [0x32, 5, 0, 1, 0x74, 0, 0],
            versions: [.v311]),
        Fault(
            name: "a topic that is not UTF-8 [MQTT-1.5.4-1]", reason: m, bytes: [0x30, 3, 0, 1, 0xFF], versions: [.v311]
        ),
        Fault(
            name: "a surrogate in a topic [MQTT-1.5.4-1]", reason: m, bytes: [0x30, 5, 0, 3, 0xED, 0xA0, 0x80],
            versions: [.v311]),
        Fault(name: "NUL in a topic [MQTT-1.5.4-2]", reason: m, bytes: [0x30, 3, 0, 1, 0], versions: [.v311]),
        Fault(name: "a topic beyond the packet", reason: m, bytes: [0x30, 3, 0, 9, 0x74]),
        Fault(name: "properties beyond the packet", reason: m, bytes: [0x30, 5, 0, 1, 0x74, 9, 1], versions: [.v5]),
        Fault(
            name: "an unknown property [2.2.2.2]", reason: m, bytes: [0x30, 6, 0, 1, 0x74, 2, 0x7E, 0], versions: [.v5]),
        Fault(
            name: "a property of another packet [2.2.2.2]", reason: m, bytes: [0x30, 7, 0, 1, 0x74, 3, 0x21, 0, 1],
            versions: [.v5]),
        Fault(
            name: "a property twice [3.3.2.3]", reason: p, bytes: [0x30, 8, 0, 1, 0x74, 4, 1, 0, 1, 0], versions: [.v5]),
        Fault(
            name: "a payload format of 2 [3.3.2.3.2]", reason: p, bytes: [0x30, 6, 0, 1, 0x74, 2, 1, 2], versions: [.v5]
        ),
        Fault(name: "PUBACK of packet 0 [MQTT-2.2.1-4]", reason: p, bytes: [0x40, 2, 0, 0]),
        Fault(name: "PUBACK too short", reason: m, bytes: [0x40, 1, 1]),
        Fault(name: "PUBACK with a reason in 3.1.1", reason: m, bytes: [0x40, 3, 0, 1, 0], versions: [.v311]),
        Fault(
            name: "a reason that PUBACK has not [MQTT-3.4.2-1]", reason: p, bytes: [0x40, 3, 0, 1, 0x92],
            versions: [.v5]),
        Fault(
            name: "a reason that PUBREL has not [MQTT-3.6.2-1]", reason: p, bytes: [0x62, 3, 0, 1, 0x10],
            versions: [.v5]),
    ]

    private static let topics = [
        Fault(name: "SUBACK without a reason [MQTT-3.9.3-1]", reason: m, bytes: [0x90, 2, 0, 1], versions: [.v311]),
        Fault(
            name: "a return code that SUBACK has not (3.1.1 [MQTT-3.9.3-2])", reason: p, bytes: [0x90, 3, 0, 1, 3],
            versions: [.v311]),
        Fault(
            name: "a reason that SUBACK has not [MQTT-3.9.3-2]", reason: p, bytes: [0x90, 4, 0, 1, 0, 0x92],
            versions: [.v5]),
        Fault(
            name: "a reason that UNSUBACK has not [MQTT-3.11.3-2]", reason: p, bytes: [0xB0, 4, 0, 1, 0, 2],
            versions: [.v5]),
        Fault(
            name: "SUBSCRIBE without a filter [MQTT-3.8.3-2]", reason: p, bytes: [0x82, 2, 0, 1], versions: [.v311],
            receiver: .server),
        Fault(
            name: "UNSUBSCRIBE without a filter [MQTT-3.10.3-2]", reason: p, bytes: [0xA2, 2, 0, 1], versions: [.v311],
            receiver: .server),
        Fault(
            name: "SUBSCRIBE of packet 0 [MQTT-2.2.1-3]", reason: p, bytes: [0x82, 6, 0, 0, 0, 1, 0x61, 0],
            versions: [.v311], receiver: .server),
        Fault(
            name: "a filter of QoS 3 (3.1.1 [MQTT-3.8.3-4])", reason: m, bytes: [0x82, 6, 0, 1, 0, 1, 0x61, 3],
            versions: [.v311], receiver: .server),
        Fault(
            name: "a filter of QoS 3 [3.8.3.1]", reason: p, bytes: [0x82, 7, 0, 1, 0, 0, 1, 0x61, 3], versions: [.v5],
            receiver: .server),
        Fault(
            name: "reserved subscription options [MQTT-3.8.3-5]", reason: m,
            bytes: [0x82, 7, 0, 1, 0, 0, 1, 0x61, 0x40], versions: [.v5], receiver: .server),
        Fault(
            name: "retain handling 3 [3.8.3.1]", reason: p, bytes: [0x82, 7, 0, 1, 0, 0, 1, 0x61, 0x30],
            versions: [.v5], receiver: .server),
        Fault(
            name: "No Local on a shared subscription [MQTT-3.8.3-4]", reason: p,
            bytes: [0x82, 16, 0, 1, 0, 0, 10] + Array("$share/g/a".utf8) + [4], versions: [.v5], receiver: .server),
        Fault(
            name: "an empty filter [MQTT-4.7.3-1]", reason: m, bytes: [0x82, 5, 0, 1, 0, 0, 0], versions: [.v311],
            receiver: .server),
        Fault(
            name: "# before the end [MQTT-4.7.1-1]", reason: m, bytes: [0x82, 8, 0, 1, 0, 3, 0x23, 0x2F, 0x61, 0],
            versions: [.v311], receiver: .server),
        Fault(
            name: "+ beside a letter [MQTT-4.7.1-2]", reason: m, bytes: [0x82, 7, 0, 1, 0, 2, 0x61, 0x2B, 0],
            versions: [.v311], receiver: .server),
    ]

    static let faults = Self.header + Self.connection + Self.messages + Self.topics

    @Test(arguments: Self.faults)
    func `a breach is told by its reason code`(fault: Fault) {
        for version in fault.versions {
            let codec = MQTTCodec(version, receiver: fault.receiver, maxPacket: 1_000)
            var bytes = ByteBuffer(bytes: fault.bytes)
            #expect(throws: MQTTError(reason: fault.reason, message: "")) {
                while try codec.next(&bytes) != nil {}
            }
        }
    }

    /// What is wrong in the first bytes must not wait for a body that never comes.
    @Test(arguments: Self.header.filter { $0.bytes.count < 3 && $0.reason == .malformedPacket })
    func `a bad first byte is told at once`(fault: Fault) {
        for version in fault.versions {
            let codec = MQTTCodec(version, receiver: fault.receiver)
            var bytes = ByteBuffer(bytes: fault.bytes.prefix(1))
            #expect(throws: MQTTError(reason: fault.reason, message: "")) { _ = try codec.next(&bytes) }
        }
    }
}
