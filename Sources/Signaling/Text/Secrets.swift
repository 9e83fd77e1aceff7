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
    ///   - shortest: as in ``masked(_:shortest:)``; a digit or two are no secret, and figures are full of them.
    /// - Returns: the text, fit to be seen.
    package static func masked(_ text: String, shortest: Int = 3) -> String {
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

    /// Takes the content of an `Authorization` field: a server's words may hold the credentials without their scheme
    /// (RFC 9110 §11.4), or the password of Basic ones (RFC 7617 §2).
    package mutating func insert(credentials value: String) {
        guard let space = value.firstIndex(of: " ") else { return }
        let credentials = String(value[space...].drop { $0 == " " })
        self.insert(credentials)
        guard value[..<space].lowercased() == "basic", let pair = Self.base64(credentials),
            let colon = pair.firstIndex(of: UInt8(ascii: ":"))
        else { return }
        self.insert(String(decoding: pair[(colon + 1)...], as: UTF8.self))
    }

    /// The bytes that a text in base64 stands for (RFC 4648 §4); nil when it is none.
    private static func base64(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        for digit in text.utf8.prefix(while: { $0 != UInt8(ascii: "=") }) {
            let value: UInt8
            switch digit {
            case 0x41...0x5A: value = digit - 0x41
            case 0x61...0x7A: value = digit - 0x61 + 26
            case 0x30...0x39: value = digit - 0x30 + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return out
    }

    /// Takes the values of a JSON text whose keys, or keys around them, say that they are secret.
    package mutating func insert(json text: String) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBytes { self.insert(json: $0, isSecret: false) }
    }

    private mutating func insert(json bytes: UnsafeRawBufferPointer, isSecret: Bool) {
        var walker = JSONWalker(bytes)
        guard let value = try? walker.value() else { return }
        func part(_ value: JSONWalker.Value) -> UnsafeRawBufferPointer { .init(rebasing: bytes[value.range]) }
        switch value.kind {
        case .object:
            walker = JSONWalker(bytes)
            guard (try? walker.enterObject()) != nil else { return }
            while let member = try? walker.next() {
                let name = JSONText.unescape(member.key, in: bytes) ?? []
                self.insert(
                    json: part(member.value), isSecret: isSecret || Self.isName(String(decoding: name, as: UTF8.self)))
            }
        case .array:
            walker = JSONWalker(bytes)
            guard (try? walker.enterArray()) != nil else { return }
            while let element = try? walker.nextElement() { self.insert(json: part(element), isSecret: isSecret) }
        default:
            guard isSecret else { return }
            let text = value.isString ? JSONText.unescape(value.content, in: bytes) : Array(bytes[value.range])
            self.insert(String(decoding: text ?? [], as: UTF8.self))
        }
    }

    /// The beginning of a text that somebody else wrote, without secrets: they go before it is cut, which could leave a part
    /// of one that nobody knows any more.
    package static func excerpt(_ bytes: some Collection<UInt8>, characters: Int = 200) -> String {
        let start = bytes.prefix(4 * characters + 4_096)
        return String(self.masked(String(decoding: start, as: UTF8.self)).prefix(characters))
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

    /// Whether a name may be a misspelt one of a secret.
    package static func isNearName(_ name: some StringProtocol) -> Bool {
        self.isName(name) || Spelling.nearest(to: String(name), among: self.words) != nil
    }

    private static let words: Set<String> = [
        "auth", "authorization", "cookie", "cookies", "credential", "credentials", "jwt", "key", "keys", "passwd",
        "password", "passwords", "secret", "secrets", "sig", "signature", "token", "tokens", "pwd", "pass",
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
                // In a sentence the colon behind a URL is not the URL's.
                if i > value, i < bytes.count, bytes[i] == UInt8(ascii: " "), bytes[i - 1] == UInt8(ascii: ":") {
                    i -= 1
                }
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
