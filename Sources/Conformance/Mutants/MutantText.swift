/// What mutants do to JSON texts.
enum MutantText {
    /// Integers beyond 2⁵³ as a double would have them.
    static func rounded(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var digits: [UInt8] = []
        for byte in text + [0] {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                digits.append(byte)
                continue
            }
            if digits.count >= 16, let value = Double(String(decoding: digits, as: UTF8.self)),
                let integer = UInt64(exactly: value)
            {
                digits = Array(String(integer).utf8)
            }
            result += digits
            digits = []
            if byte != 0 { result.append(byte) }
        }
        return result
    }

    /// A signal whose longest text ends early; the object around it is closed again.
    static func truncated(_ text: [UInt8]) -> [UInt8] {
        Array(text.prefix(65_536)) + Array(#""}"#.utf8)
    }
}
