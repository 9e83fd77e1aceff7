/// DISCONNECT or AUTH: a reason and properties.
struct MQTTNotice: Equatable, Sendable {
    var reason = MQTTReason.success
    var properties = MQTTProperties.none
}
