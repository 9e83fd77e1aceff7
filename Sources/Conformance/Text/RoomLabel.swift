import Signaling

/// A room's name in ASCII, so that names which look alike, or which Swift takes for equal, stay apart.
enum RoomLabel {
    /// The name with everything but printable ASCII as `\u{…}`; a long one is cut and ends with its length and hash.
    static func of(_ name: String) -> String {
        var label = ""
        for scalar in name.unicodeScalars {
            if scalar.isASCII, scalar.value >= 0x20, scalar.value != 0x7F {
                label.unicodeScalars.append(scalar)
            } else {
                label += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        guard label.utf8.count > 120 else { return label }
        return "\(label.prefix(60))… (\(name.utf8.count) bytes, \(String(FNV1a.hash(name.utf8), radix: 16)))"
    }
}
