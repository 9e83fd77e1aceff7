/// The message that a server publishes for a client which went without DISCONNECT ([MQTT-3.1.2-8]).
struct MQTTWill: Equatable, Sendable {
    var topic: [UInt8]
    var payload: [UInt8]
    var qos = MQTTQoS.atMostOnce
    var isRetained = false
    var properties = MQTTProperties.none
}
