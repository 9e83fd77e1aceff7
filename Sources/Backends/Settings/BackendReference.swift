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
        let (words, url) = self.split(text)
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

    /// Splits what stands before the URL from the URL, if there is one.
    private static func split(_ text: String) -> (words: String, url: String?) {
        let bytes = Array(text.utf8)
        let colon = UInt8(ascii: ":")
        guard let scheme = bytes.indices.first(where: { bytes[$0...].starts(with: "://".utf8) }) else {
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
        let url = try BackendURL.parse(rest)
        try descriptor.check(url)
        return BackendReference(id: descriptor.id, url: url)
    }

    private static func known(_ id: String) throws(BackendError) -> BackendDescriptor {
        if let descriptor = BackendCatalogue.descriptor(for: id) { return descriptor }
        throw BackendCatalogue.unknown(id)
    }
}

/// Where a backend listens.
package struct BackendURL: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Lower case, such as `ws`.
    package var scheme: String
    /// Name or address; an IPv6 address without its brackets.
    package var host: String
    package var port: Int
    /// Path and query, at least `/`; what an HTTP request line asks for.
    package var path: String

    package init(scheme: String, host: String, port: Int, path: String = "/") {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// Whether TLS is spoken.
    package var isSecure: Bool { Self.secureSchemes.contains(self.scheme) }

    /// What stands in `Host`: the port is left out where it is the scheme's own (RFC 9110 §7.2).
    package var authority: String {
        let name = self.host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]" : self.host
        return self.port == Self.defaultPorts[self.scheme] ? name : "\(name):\(self.port)"
    }

    package var description: String { "\(self.scheme)://\(self.authority)\(self.path)" }

    private static let secureSchemes: Set<String> = ["wss", "https", "mqtts"]

    private static let defaultPorts = [
        "ws": 80, "wss": 443, "http": 80, "https": 443, "mqtt": 1_883, "mqtts": 8_883, "tcp": 1_883,
    ]
}

extension BackendURL {
    /// Reads `scheme://host[:port][/path][?query]` (RFC 3986 §3).
    ///
    /// - Throws: ``BackendError`` that names the part that is wrong.
    package static func parse(_ text: String) throws(BackendError) -> BackendURL {
        func wrong(_ what: String) -> BackendError {
            BackendError(code: .badURL, message: "'\(text)' is no URL: \(what)")
        }

        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            throw wrong("it does not begin with a scheme such as ws://")
        }
        let scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        guard let defaultPort = self.defaultPorts[scheme] else {
            throw wrong("the scheme '\(scheme)' is not known")
        }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw wrong("it holds a space or control character")
        }
        let rest = bytes[(colon + 3)...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        let authority = rest[..<(end ?? rest.endIndex)]
        guard !authority.contains(UInt8(ascii: "@")) else { throw wrong("a user name in it is not supported") }

        let (host, portDigits) = try self.split(authority, wrong: wrong)
        guard !host.isEmpty else { throw wrong("the host is missing") }
        var port = defaultPort
        if let portDigits {
            let digits = String(decoding: portDigits, as: UTF8.self)
            guard let number = Int(digits), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                (1...65_535).contains(number)
            else { throw wrong("the port '\(digits)' is not a number from 1 to 65535") }
            port = number
        }
        var path = end.map { rest[$0...] } ?? []
        if let fragment = path.firstIndex(of: UInt8(ascii: "#")) { path = path[..<fragment] }
        let target = String(decoding: path, as: UTF8.self)
        return BackendURL(
            scheme: scheme, host: String(decoding: host, as: UTF8.self), port: port,
            path: target.hasPrefix("/") ? target : "/" + target)
    }

    /// Splits `host[:port]`, where the host may be an IPv6 address in brackets.
    private static func split(
        _ authority: ArraySlice<UInt8>, wrong: (String) -> BackendError
    ) throws(BackendError) -> (host: ArraySlice<UInt8>, port: ArraySlice<UInt8>?) {
        let colon = UInt8(ascii: ":")
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { throw wrong("a ] is missing") }
            let host = authority[(authority.startIndex + 1)..<close]
            let after = authority[(close + 1)...]
            if after.isEmpty { return (host, nil) }
            guard after.first == colon else { throw wrong("something stands between the ] and the port") }
            return (host, after.dropFirst())
        }
        guard let separator = authority.firstIndex(of: colon) else { return (authority, nil) }
        guard separator == authority.lastIndex(of: colon) else {
            throw wrong("an IPv6 address belongs in brackets")
        }
        return (authority[..<separator], authority[(separator + 1)...])
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
