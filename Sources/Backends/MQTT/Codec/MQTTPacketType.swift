/// The type of a control packet (3.1.1 and 5.0 §2.1.2, table 2-1).
enum MQTTPacketType: UInt8, CaseIterable, Sendable {
    case connect = 1
    case connack
    case publish
    case puback
    case pubrec
    case pubrel
    case pubcomp
    case subscribe
    case suback
    case unsubscribe
    case unsuback
    case pingreq
    case pingresp
    case disconnect
    /// 5.0 only.
    case auth

    /// The four bits beside the type; nil for PUBLISH, whose bits carry meaning ([MQTT-2.1.3-1], 3.1.1 [MQTT-2.2.2-1]).
    @inline(__always)
    var flags: UInt8? {
        switch self {
        case .publish: nil
        case .pubrel, .subscribe, .unsubscribe: 2
        case .connect, .connack, .puback, .pubrec, .pubcomp, .suback, .unsuback, .pingreq, .pingresp, .disconnect,
            .auth:
            0
        }
    }

    /// Whether an end of this role may receive it.
    func isFor(_ receiver: MQTTRole, _ version: MQTTVersion) -> Bool {
        switch self {
        case .connect, .subscribe, .unsubscribe, .pingreq: receiver == .server
        case .connack, .suback, .unsuback, .pingresp: receiver == .client
        case .publish, .puback, .pubrec, .pubrel, .pubcomp: true
        case .disconnect: receiver == .server || version == .v5
        case .auth: version == .v5
        }
    }

    var name: String {
        switch self {
        case .connect: "CONNECT"
        case .connack: "CONNACK"
        case .publish: "PUBLISH"
        case .puback: "PUBACK"
        case .pubrec: "PUBREC"
        case .pubrel: "PUBREL"
        case .pubcomp: "PUBCOMP"
        case .subscribe: "SUBSCRIBE"
        case .suback: "SUBACK"
        case .unsubscribe: "UNSUBSCRIBE"
        case .unsuback: "UNSUBACK"
        case .pingreq: "PINGREQ"
        case .pingresp: "PINGRESP"
        case .disconnect: "DISCONNECT"
        case .auth: "AUTH"
        }
    }
}
