import Synchronization

/// What must stand in no output: which names mark a secret, and text without the secrets that it holds.
///
/// Values are known from where they came (a header, a user info, a variable marked as secret); texts of others, such as a
/// server's error message, are searched for them.
package struct Secrets: Sendable {
    /// What stands in the place of a secret.
    package static let mask = "***"

    private var values: Set<String> = []
    /// The bytes of the values, by how many of their first bytes are the key, and by these: a run with thousands of
    /// accounts has thousands of values, and a report is searched for all of them at once.
    private var starts: [[UInt64: [[UInt8]]]] = Array(repeating: [:], count: 9)

    package init() {}

    /// What this process has been told in confidence; whatever it writes is searched for it.
    private static let known = Mutex(Secrets())

    /// Keeps values out of everything that this process writes from now on.
    package static func remember(_ secrets: Secrets) {
        guard !secrets.isEmpty else { return }
        self.known.withLock { $0.formUnion(secrets) }
    }

    /// A text without what this process has been told in confidence.
    ///
    /// - Parameters:
    ///   - text: about to be written.
    ///   - shortest: as in ``masked(_:shortest:)``.
    /// - Returns: the text, fit to be seen.
    package static func masked(_ text: String, shortest: Int = 1) -> String {
        let known = self.known.withLock { $0 }
        return known.isEmpty ? self.maskedURLs(text) : known.masked(text, shortest: shortest)
    }

    package var isEmpty: Bool { self.values.isEmpty }

    /// Whether some part of a secret is known.
    package func contain(_ part: String) -> Bool { self.values.contains { $0.contains(part) } }

    /// Takes a value as secret, in the forms in which it may come back: as it is, percent-encoded, and in a string of JSON.
    package mutating func insert(_ value: String) {
        guard !value.isEmpty, value != Self.mask else { return }
        self.add(value)
        self.add(PercentEncoding.encoded(value))
        var json: [UInt8] = []
        JSONText.appendEscaped(Array(value.utf8), to: &json)
        self.add(String(decoding: json, as: UTF8.self))
    }

    private mutating func add(_ value: String) {
        guard self.values.insert(value).inserted else { return }
        let bytes = Array(value.utf8)
        let width = min(bytes.count, 8)
        self.starts[width][Self.start(bytes[..<width]), default: []].append(bytes)
    }

    /// Up to eight bytes as a number.
    private static func start(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    package mutating func formUnion(_ other: Secrets) {
        for value in other.values { self.add(value) }
    }

    /// The text with each known value, and each secret that a URL in it shows, replaced by ``mask``.
    ///
    /// - Parameters:
    ///   - text: any text.
    ///   - shortest: values of fewer bytes are left; in a document of ours a short word may be no secret.
    /// - Returns: the text without secrets.
    package func masked(_ text: String, shortest: Int = 1) -> String {
        let text = Self.maskedURLs(text)
        let widths = self.starts.indices.filter { !self.starts[$0].isEmpty }
        guard !widths.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        // Up to where secrets reach that began before: one may overlap another.
        var hidden = 0
        for place in bytes.indices {
            let end = self.end(at: place, in: bytes, widths, shortest)
            if let end, end > hidden {
                if place >= hidden { out += Array(Self.mask.utf8) }
                hidden = end
            }
            if place >= hidden { out.append(bytes[place]) }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Where the longest value ends that begins at a place; nil when none does.
    private func end(at place: Int, in bytes: [UInt8], _ widths: [Int], _ shortest: Int) -> Int? {
        var end: Int?
        for width in widths where place + width <= bytes.count {
            guard let candidates = self.starts[width][Self.start(bytes[place..<place + width])] else { continue }
            for value in candidates where value.count >= shortest && value.count > (end ?? place) - place {
                if bytes[place...].starts(with: value) { end = place + value.count }
            }
        }
        return end
    }

    /// Whether a header, an option, a column or a query key of that name holds a secret.
    ///
    /// Upper and lower case, `-`, `_` and `.` make no difference: `X-Api-Key`, `access_token`, `auth.token`.
    package static func isName(_ name: some StringProtocol) -> Bool {
        let words = name.lowercased().split { "-_. ".contains($0) }.map(String.init)
        let whole = words.joined()
        return words.contains { self.words.contains($0) } || self.endings.contains { whole.hasSuffix($0) }
    }

    private static let words: Set<String> = [
        "auth", "authorization", "cookie", "credential", "credentials", "jwt", "key", "passwd", "password", "secret",
        "sig", "signature", "token", "pwd", "pass",
    ]

    private static let endings = ["token", "password", "secret", "apikey", "accesskey", "privatekey"]

    /// The text with user info and secret query values of every URL in it masked.
    package static func maskedURLs(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "@")) || bytes.contains(UInt8(ascii: "=")) else { return text }
        var out: [UInt8] = []
        var i = 0
        while i < bytes.count {
            let byte = bytes[i]
            out.append(byte)
            i += 1
            if byte == UInt8(ascii: "/"), out.suffix(3).elementsEqual("://".utf8) {
                if let at = Self.endOfUserInfo(bytes, from: i) {
                    out += Array(Self.mask.utf8)
                    i = at
                }
            } else if byte == UInt8(ascii: "?") || byte == UInt8(ascii: "&") {
                let key = bytes[i...].prefix { $0 != UInt8(ascii: "=") && !Self.endsValue($0) }
                let value = key.endIndex + 1
                guard key.endIndex < bytes.count, bytes[key.endIndex] == UInt8(ascii: "="), !key.isEmpty,
                    Self.isName(String(decoding: PercentEncoding.decoded(key), as: UTF8.self))
                else { continue }
                out += key + [UInt8(ascii: "=")] + Array(Self.mask.utf8)
                i = bytes[value...].firstIndex(where: Self.endsValue) ?? bytes.count
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The place of the `@` that ends a user info which begins here; nil when none does.
    private static func endOfUserInfo(_ bytes: [UInt8], from start: Int) -> Int? {
        let end = bytes[start...].firstIndex {
            self.endsValue($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?")
        }
        return bytes[start..<(end ?? bytes.count)].lastIndex(of: UInt8(ascii: "@"))
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        byte <= 0x20 || "&#\"'<>`".utf8.contains(byte)
    }
}
