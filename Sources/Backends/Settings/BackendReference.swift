/// What a user names a backend by: its id, and where a running one listens.
package struct BackendReference: Equatable, Sendable {
    package var id: String
    /// Nil asks for the embedded server, or for the profile's.
    package var url: BackendURL?
    /// Options that go before the profile's.
    package var options: [String: String]

    package init(id: String, url: BackendURL?, options: [String: String] = [:]) {
        self.id = id
        self.url = url
        self.options = options
    }

    /// Reads `id[?key=value&key=value][:url]`, such as `relay`, `mqtt:mqtt://127.0.0.1:1883` or
    /// `mqtt5?layout=inbox&qos=1:mqtt://127.0.0.1:1883`.
    ///
    /// - Throws: ``BackendError`` when the id is not known, when a URL stands there without an id, when the URL is bad or of
    ///   a scheme that the backend does not speak, or when an option is not one of the backend's.
    package static func parse(_ text: String) throws(BackendError) -> BackendReference {
        let (words, url) = self.command(in: text) ?? self.split(text)
        let parts = words.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return try self.parse(words, url) }
        var reference = try self.parse(parts[0], url)
        for pair in parts[1].split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, !sides[0].isEmpty else {
                throw BackendError(
                    code: .badValue, message: "'\(pair)' in '\(text)' is no option: write ID?key=value&key=value:URL")
            }
            reference.options[sides[0]] = sides[1]
        }
        if let problem = try self.known(reference.id).problems(in: reference.options).first { throw problem }
        return reference
    }

    /// Splits `id[?key=value]:command`, where the id is one of a backend that is reached by a command.
    private static func command(in text: String) -> (words: String, url: String?)? {
        let id = text.prefix { $0 != ":" && $0 != "?" }
        guard BackendCatalogue.descriptor(for: String(id))?.isCommand == true,
            let colon = text[id.endIndex...].firstIndex(of: ":")
        else { return nil }
        let scheme = BackendURL.commandScheme + ":"
        let rest = text[text.index(after: colon)...]
        return (String(text[..<colon]), rest.hasPrefix(scheme) ? String(rest) : scheme + rest)
    }

    /// Splits what stands before the URL from the URL, if there is one.
    private static func split(_ text: String) -> (words: String, url: String?) {
        let bytes = Array(text.utf8)
        let colon = UInt8(ascii: ":")
        // An option's value may be a URL itself; the backend's own stands behind a colon, or there is no other.
        let marks = bytes.indices.filter { bytes[$0...].starts(with: "://".utf8) }
        let own = marks.first { mark in
            guard let before = bytes[..<mark].lastIndex(of: colon) else { return false }
            return bytes[(before + 1)..<mark].allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "+-.".utf8.contains(byte)
            }
        }
        guard let scheme = own ?? marks.first else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return parts[0].contains("?") || parts.count < 2 ? (text, nil) : (parts[0], parts[1])
        }
        guard let end = bytes[..<scheme].lastIndex(of: colon) else {
            return (
                String(decoding: bytes[..<scheme], as: UTF8.self),
                String(decoding: bytes[(scheme + 1)...], as: UTF8.self)
            )
        }
        return (
            String(decoding: bytes[..<end], as: UTF8.self), String(decoding: bytes[(end + 1)...], as: UTF8.self)
        )
    }

    private static func parse(_ head: String, _ rest: String?) throws(BackendError) -> BackendReference {
        guard let rest else { return BackendReference(id: try self.known(head).id, url: nil) }
        let text = "\(head):\(rest)"
        if rest.hasPrefix("//") {
            let scheme = head.lowercased()
            let able = BackendCatalogue.all.filter { $0.schemes.contains(scheme) }.map(\.id)
            throw BackendError(
                code: .missingID,
                message: able.isEmpty
                    ? "'\(text)' does not say which protocol to speak: write ID:URL, such as relay:ws://127.0.0.1:8080/"
                    : "'\(text)' does not say which protocol to speak: write \(able.map { "\($0):\(text)" }.joined(separator: " or "))"
            )
        }
        let descriptor = try self.known(head)
        return BackendReference(id: descriptor.id, url: try descriptor.url(rest))
    }

    private static func known(_ id: String) throws(BackendError) -> BackendDescriptor {
        if let descriptor = BackendCatalogue.descriptor(for: id) { return descriptor }
        throw BackendCatalogue.unknown(id)
    }
}

/// A mistake in what a user wrote about a backend.
package struct BackendError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of mistake it is.
    package enum Code: UInt8, Sendable {
        /// No backend has this id.
        case unknownBackend
        /// A URL without the id that says which protocol to speak.
        case missingID
        /// Text that is no URL.
        case badURL
        /// A URL of a scheme that this backend does not speak.
        case badScheme
        /// An option that this backend does not have.
        case unknownOption
        /// An option with a value that means nothing.
        case badValue
        /// A file that cannot be read or is not what it should be.
        case badFile
        /// A program that is run in the place of a server, and fails.
        case badProgram
    }

    package var code: Code
    package var message: String
    /// What was probably meant.
    package var suggestion: String?

    package init(code: Code, message: String, suggestion: String? = nil) {
        self.code = code
        self.message = message
        self.suggestion = suggestion
    }

    package static func == (a: BackendError, b: BackendError) -> Bool { a.code == b.code }

    package var description: String {
        guard let suggestion else { return self.message }
        return "\(self.message) (did you mean \(suggestion)?)"
    }
}
