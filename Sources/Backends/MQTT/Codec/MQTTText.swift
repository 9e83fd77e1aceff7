import NIOCore

/// The rules for strings and topics, which are alike in both versions.
enum MQTTText {
    /// Whether bytes may stand as a UTF-8 encoded string.
    ///
    /// 5.0 [MQTT-1.5.4-1] and [MQTT-1.5.4-2], 3.1.1 [MQTT-1.5.3-1] and [MQTT-1.5.3-2]: well-formed, no surrogates, no
    /// U+0000. A leading U+FEFF is a character like any other ([MQTT-1.5.4-3]).
    static func isString(_ bytes: UnsafeRawBufferPointer) -> Bool {
        UTF8Validator.isValid(bytes) && !bytes.contains(0)
    }

    /// Whether bytes that are a string may stand as a topic name: no wildcard ([MQTT-4.7.0-1], [MQTT-3.3.2-2]).
    static func isTopicName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !bytes.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
    }

    /// Whether bytes that are a string may stand as a topic filter.
    ///
    /// At least one character ([MQTT-4.7.3-1]); `#` stands alone in the last level ([MQTT-4.7.1-1], 3.1.1
    /// [MQTT-4.7.1-2]) and `+` alone in its level ([MQTT-4.7.1-2], 3.1.1 [MQTT-4.7.1-3]).
    static func isTopicFilter(_ bytes: some Collection<UInt8>) -> Bool {
        guard !bytes.isEmpty else { return false }
        let levels = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, level) in levels.enumerated() {
            if level.contains(UInt8(ascii: "#")), level.count > 1 || index != levels.count - 1 { return false }
            if level.contains(UInt8(ascii: "+")), level.count > 1 { return false }
        }
        return true
    }

    /// Whether a filter names a shared subscription (5.0 §4.8.2).
    static func isShared(_ filter: some Collection<UInt8>) -> Bool { filter.starts(with: "$share/".utf8) }
}
