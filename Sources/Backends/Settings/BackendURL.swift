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
