/// How hard a message is held on to (3.1.1 and 5.0 §4.3).
enum MQTTQoS: UInt8, Comparable, Sendable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2

    static func < (a: MQTTQoS, b: MQTTQoS) -> Bool { a.rawValue < b.rawValue }
}
