/// CONNACK: the server's answer to CONNECT.
struct MQTTConnack: Equatable, Sendable {
    /// The server has state of an earlier connection (§3.2.2.1.1, 3.1.1 §3.2.2.2).
    var isSessionPresent = false
    var reason = MQTTReason.success
    var properties = MQTTProperties.none
}
