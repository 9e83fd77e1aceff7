/// SUBACK or UNSUBACK: the server's answer, one reason for each filter in their order ([MQTT-3.9.3-1]).
struct MQTTSuback: Equatable, Sendable {
    var packetID: UInt16
    /// Empty in an UNSUBACK of 3.1.1.
    var reasons: [MQTTReason]
    var properties = MQTTProperties.none
}
