import Signaling

/// Names of rooms and members as one level of a topic.
enum MQTTTopicName {
    /// Escapes a name so that no two names share a topic and none can widen a subscription.
    ///
    /// The bytes of `+`, `#`, `/`, `$`, `%`, NUL, of control characters and of `DEL` become `%XX` with upper-case digits;
    /// everything else stays ([MQTT-4.7.1-1], [MQTT-4.7.3-2]). Unicode's own controls U+0080 to U+009F, which a server may
    /// refuse ([MQTT-1.5.4-2]), and non-characters are escaped, too; and so are `*` and `>`, which mean nothing to MQTT but
    /// are wildcards of a NATS server's subjects, and of its MQTT gateway's topics with them (measured with 2.15).
    static func escaped(_ name: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for scalar in String(decoding: Array(name), as: UTF8.self).unicodeScalars {
            let utf8 = Array(String(scalar).utf8)
            if self.isPlain(scalar) {
                out += utf8
            } else {
                for byte in utf8 { out += [UInt8(ascii: "%"), self.digit(byte >> 4), self.digit(byte & 15)] }
            }
        }
        return out
    }

    /// The name that an escaped one stands for.
    static func unescaped(_ text: some Sequence<UInt8>) -> [UInt8] { PercentEncoding.decoded(text) }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "+", "#", "/", "$", "%", "*", ">", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": false
        default: scalar.value & 0xFFFE != 0xFFFE && !(0xFDD0...0xFDEF).contains(scalar.value)
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
