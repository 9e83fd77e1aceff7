/// PUBACK, PUBREC, PUBREL or PUBCOMP: a step of a QoS 1 or 2 exchange.
struct MQTTAck: Equatable, Sendable {
    var packetID: UInt16
    var reason = MQTTReason.success
    var properties = MQTTProperties.none
}
