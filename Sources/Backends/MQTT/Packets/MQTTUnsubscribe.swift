/// UNSUBSCRIBE: the end of a client's wish for topics.
struct MQTTUnsubscribe: Equatable, Sendable {
    var packetID: UInt16
    var filters: [[UInt8]]
    var properties = MQTTProperties.none
}
