/// Which end of a connection this is; it decides which packets may come (3.1.1 and 5.0 §2.1.2, table 2-1).
enum MQTTRole: UInt8, Sendable {
    case client
    case server
}
