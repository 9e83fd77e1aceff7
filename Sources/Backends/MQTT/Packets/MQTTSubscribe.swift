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
