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
