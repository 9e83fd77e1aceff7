/// What properties belong to: a packet, or the will inside CONNECT.
enum MQTTPropertyPlace: UInt8, CaseIterable, Sendable {
    case connect
    case will
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
    case disconnect
    case auth
}
