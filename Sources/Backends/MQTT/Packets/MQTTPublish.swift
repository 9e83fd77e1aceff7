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
