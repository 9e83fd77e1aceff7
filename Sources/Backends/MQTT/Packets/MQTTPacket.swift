/// A control packet of either version (3.1.1 and 5.0 §3).
///
/// In 3.1.1 there are no properties, and reasons are ``MQTTReason/success`` where the version has none.
enum MQTTPacket: Equatable, Sendable {
    case connect(MQTTConnect)
    case connack(MQTTConnack)
    case publish(MQTTPublish)
    case puback(MQTTAck)
    case pubrec(MQTTAck)
    case pubrel(MQTTAck)
    case pubcomp(MQTTAck)
    case subscribe(MQTTSubscribe)
    case suback(MQTTSuback)
    case unsubscribe(MQTTUnsubscribe)
    case unsuback(MQTTSuback)
    case pingreq
    case pingresp
    case disconnect(MQTTNotice)
    case auth(MQTTNotice)

    var type: MQTTPacketType {
        switch self {
        case .connect: .connect
        case .connack: .connack
        case .publish: .publish
        case .puback: .puback
        case .pubrec: .pubrec
        case .pubrel: .pubrel
        case .pubcomp: .pubcomp
        case .subscribe: .subscribe
        case .suback: .suback
        case .unsubscribe: .unsubscribe
        case .unsuback: .unsuback
        case .pingreq: .pingreq
        case .pingresp: .pingresp
        case .disconnect: .disconnect
        case .auth: .auth
        }
    }
}

/// CONNECT: the first packet of a client ([MQTT-3.1.0-1]).
struct MQTTConnect: Equatable, Sendable {
    /// UTF-8; empty asks the server for one.
    var clientID: [UInt8] = []
    /// Clean Start of 5.0, Clean Session of 3.1.1.
    var cleanStart = true
    /// Seconds; 0 for none.
    var keepAlive: UInt16 = 0
    var will: MQTTWill?
    var userName: [UInt8]?
    var password: [UInt8]?
    var properties = MQTTProperties.none
}

/// CONNACK: the server's answer to CONNECT.
struct MQTTConnack: Equatable, Sendable {
    /// The server has state of an earlier connection (§3.2.2.1.1, 3.1.1 §3.2.2.2).
    var isSessionPresent = false
    var reason = MQTTReason.success
    var properties = MQTTProperties.none
}

/// The message that a server publishes for a client which went without DISCONNECT ([MQTT-3.1.2-8]).
struct MQTTWill: Equatable, Sendable {
    var topic: [UInt8]
    var payload: [UInt8]
    var qos = MQTTQoS.atMostOnce
    var isRetained = false
    var properties = MQTTProperties.none
}

/// PUBLISH: a message, either way.
struct MQTTPublish: Equatable, Sendable {
    /// Empty when a topic alias stands for it.
    var topic: [UInt8]
    var payload: [UInt8]
    var qos = MQTTQoS.atMostOnce
    /// It was sent before ([MQTT-3.3.1-1]).
    var isDuplicate = false
    var isRetained = false
    /// 0 at QoS 0.
    var packetID: UInt16 = 0
    var properties = MQTTProperties.none
}

/// PUBACK, PUBREC, PUBREL or PUBCOMP: a step of a QoS 1 or 2 exchange.
struct MQTTAck: Equatable, Sendable {
    var packetID: UInt16
    var reason = MQTTReason.success
    var properties = MQTTProperties.none
}

/// SUBSCRIBE: a client's wish for topics.
struct MQTTSubscribe: Equatable, Sendable {
    /// One filter with its options (5.0 §3.8.3.1).
    struct Filter: Equatable, Sendable {
        var topic: [UInt8]
        var qos = MQTTQoS.atMostOnce
        /// Not to the connection that published it ([MQTT-3.8.3-3]).
        var noLocal = false
        var retainAsPublished = false
        /// 0: retained messages at every subscribe; 1: at a new one; 2: never.
        var retainHandling: UInt8 = 0
    }

    var packetID: UInt16
    var filters: [Filter]
    var properties = MQTTProperties.none
}

/// SUBACK or UNSUBACK: the server's answer, one reason for each filter in their order ([MQTT-3.9.3-1]).
struct MQTTSuback: Equatable, Sendable {
    var packetID: UInt16
    /// Empty in an UNSUBACK of 3.1.1.
    var reasons: [MQTTReason]
    var properties = MQTTProperties.none
}

/// UNSUBSCRIBE: the end of a client's wish for topics.
struct MQTTUnsubscribe: Equatable, Sendable {
    var packetID: UInt16
    var filters: [[UInt8]]
    var properties = MQTTProperties.none
}

/// DISCONNECT or AUTH: a reason and properties.
struct MQTTNotice: Equatable, Sendable {
    var reason = MQTTReason.success
    var properties = MQTTProperties.none
}
