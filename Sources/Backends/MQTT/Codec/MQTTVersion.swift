/// Protocol version, by the number that stands in CONNECT (3.1.1 §3.1.2.2, 5.0 §3.1.2.2).
enum MQTTVersion: UInt8, Sendable {
    case v311 = 4
    case v5 = 5
}
