/// A breach of MQTT by the other end, with the reason code that a DISCONNECT gives for it (5.0 §4.13).
///
/// 3.1.1 has no such codes: it closes the connection ([MQTT-4.8.0-1]); the codes are then for our own report.
struct MQTTError: Error, Equatable, Sendable, CustomStringConvertible {
    var reason: MQTTReason
    /// What was breached, with the number of the normative statement where there is one.
    var message: String

    static func == (a: MQTTError, b: MQTTError) -> Bool { a.reason == b.reason }

    /// Bytes that cannot be read as the specification has them: 0x81.
    static func malformed(_ message: String) -> MQTTError { MQTTError(reason: .malformedPacket, message: message) }

    /// Something readable that may not come, or not now: 0x82.
    static func forbidden(_ message: String) -> MQTTError { MQTTError(reason: .protocolError, message: message) }

    var description: String { "\(self.message) (\(self.reason))" }
}
