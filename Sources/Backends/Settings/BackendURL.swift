package import Signaling

/// Where a backend listens, and what stands in its URL for the server (RFC 3986 §3).
package struct BackendURL: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Lower case, such as `ws`; other spellings of a scheme are read as ours.
    package var scheme: String
    /// Name or address; an IPv6 address without its brackets.
    package var host: String
    package var port: Int
    /// Path and query, at least `/`; what an HTTP request line asks for.
    package var path: String
    /// What stands before the `@`, decoded; nil where nothing does.
    package var user: UserInfo?

    /// Who connects, by user info (RFC 3986 §3.2.1).
    package struct UserInfo: Equatable, Hashable, Sendable {
        package var name: String
        /// Nil where no `:` stands.
        package var password: String?

        package init(name: String, password: String?) {
            self.name = name
            self.password = password
        }
    }

    package init(scheme: String, host: String, port: Int, path: String = "/", user: UserInfo? = nil) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.user = user
    }

    /// Whether TLS is spoken.
    package var isSecure: Bool { Self.secureSchemes.contains(self.scheme) }

    /// The scheme of a command that is run in the place of a server.
    package static let commandScheme = "exec"

    /// A command for the shell that is run in the place of a server.
    package init(command: String) { self.init(scheme: Self.commandScheme, host: "", port: 0, path: command) }

    /// The command for the shell; nil for a server.
    package var command: String? { self.scheme == Self.commandScheme && self.host.isEmpty ? self.path : nil }

    /// What stands in `Host`: the port is left out where it is the scheme's own (RFC 9110 §7.2).
    package var authority: String {
        let name = self.host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]" : self.host
        return self.port == Self.defaultPorts[self.scheme] ? name : "\(name):\(self.port)"
    }

    /// Without user info and with secret query values masked: fit to be shown.
    package var description: String {
        if let command { return "\(self.scheme):\(Secrets.maskedURLs(command))" }
        let user = self.user == nil ? "" : Secrets.mask + "@"
        return Secrets.maskedURLs("\(self.scheme)://\(user)\(self.authority)\(self.path)")
    }

    /// The whole URL, secrets included.
    package var text: String {
        if let command { return "\(self.scheme):\(command)" }
        let user = self.user.map { user in
            PercentEncoding.encoded(user.name) + (user.password.map { ":" + PercentEncoding.encoded($0) } ?? "") + "@"
        }
        return "\(self.scheme)://\(user ?? "")\(self.authority)\(self.path)"
    }

    /// What the URL holds that may not be shown.
    package var secrets: Secrets {
        var secrets = Secrets()
        if let user {
            secrets.insert(user.password ?? user.name)
            secrets.insert(credentials: BasicAuthorization.value(user))
        }
        for (name, value) in self.query where Secrets.isName(name) { secrets.insert(value) }
        return secrets
    }

    /// The path without the query.
    package var pathAlone: String { String(self.path.prefix { $0 != "?" }) }

    /// What stands behind the `?` as it stands there; empty where nothing does.
    package var queryText: String { String(self.path.drop { $0 != "?" }.dropFirst()) }

    /// The keys and values of the query, decoded.
    package var query: [(name: String, value: String)] {
        self.queryText.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decoded(_ text: Substring) -> String {
                String(decoding: PercentEncoding.decoded(text.utf8, plusIsSpace: true), as: UTF8.self)
            }
            return (decoded(sides[0]), sides.count == 2 ? decoded(sides[1]) : "")
        }
    }

    /// A request target at another path: what a protocol says in the query goes first, the user's own follows.
    ///
    /// - Parameters:
    ///   - path: the path; a query of its own stays in front.
    ///   - parameters: what the protocol adds, as `key=value`, encoded.
    /// - Returns: path and query, which begin with a slash.
    package func target(_ path: String, adding parameters: [String] = []) -> String {
        let sides = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let queries = ((sides.count == 2 ? [sides[1]] : []) + parameters + [self.queryText]).filter { !$0.isEmpty }
        let rooted = sides[0].hasPrefix("/") ? sides[0] : "/" + sides[0]
        return queries.isEmpty ? rooted : rooted + "?" + queries.joined(separator: "&")
    }

    private static let secureSchemes: Set<String> = ["wss", "https", "mqtts", "rediss", "stomps", "xmpps"]

    /// The port of a scheme's URLs that name none; nil for a scheme that is not ours.
    package static func defaultPort(of scheme: String) -> Int? { self.defaultPorts[scheme] }

    private static let defaultPorts = [
        "ws": 80, "wss": 443, "http": 80, "https": 443, "mqtt": 1_883, "mqtts": 8_883, "nats": 4_222,
        "redis": 6_379, "rediss": 6_379,
        "stomp": 61_613, "stomps": 61_614, "xmpp": 5_222, "xmpps": 5_223,
    ]

    /// How others write our schemes: Paho, MQTT.js, Mosquitto and HiveMQ.
    private static let otherSpellings = [
        "tcp": "mqtt", "ssl": "mqtts", "tls": "mqtts", "mqtt+tcp": "mqtt", "mqtt+ssl": "mqtts", "mqtt+tls": "mqtts",
        "mqtt+ws": "ws", "mqtt+wss": "wss", "ws+mqtt": "ws", "wss+mqtt": "wss", "mqttws": "ws", "mqttwss": "wss",
    ]
}

extension BackendURL {
    /// Reads `scheme://[user[:password]@]host[:port][/path][?query]` (RFC 3986 §3).
    ///
    /// - Throws: ``BackendError`` that names the part that is wrong.
    package static func parse(_ text: String) throws(BackendError) -> BackendURL {
        func wrong(_ what: String) -> BackendError {
            BackendError(code: .badURL, message: "'\(Self.shown(text))' is no URL: \(what)")
        }

        if text.hasPrefix(self.commandScheme + ":") {
            let command = text.dropFirst(self.commandScheme.count + 1)
            guard command.contains(where: { $0 != " " }), command.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw wrong("the command is missing, or holds a control character")
            }
            return BackendURL(command: String(command))
        }
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            throw wrong("it does not begin with a scheme such as ws://")
        }
        let written = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        let scheme = self.otherSpellings[written] ?? written
        guard let defaultPort = self.defaultPorts[scheme] else {
            let known = self.defaultPorts.keys.sorted().map { $0 + "://" }.joined(separator: ", ")
            let near = Spelling.nearest(to: written, among: self.defaultPorts.keys.sorted())
            throw wrong(
                "the scheme '\(written)' is not known\(near.map { "; write \($0)://" } ?? "; write one of \(known)")")
        }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw wrong("it holds a space or control character")
        }
        let rest = bytes[(colon + 3)...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        var authority = rest[..<(end ?? rest.endIndex)]
        var user: UserInfo?
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            user = self.userInfo(authority[..<at])
            authority = authority[(at + 1)...]
        }

        let (host, portDigits) = try self.split(authority, wrong: wrong)
        guard !host.isEmpty else { throw wrong("the host is missing") }
        var port = defaultPort
        if let portDigits {
            let digits = String(decoding: portDigits, as: UTF8.self)
            guard let number = Int(digits), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                (1...65_535).contains(number)
            else {
                throw wrong(
                    rest.contains(UInt8(ascii: "@")) && user == nil
                        ? "in a user's name and password / is written %2F, ? is %3F and # is %23"
                        : "the port '\(digits)' is not a number from 1 to 65535")
            }
            port = number
        }
        let path = end.map { rest[$0...] } ?? []
        if path.contains(UInt8(ascii: "#")) {
            throw wrong("what stands behind a # reaches no server (RFC 6455 section 3); a # itself is written %23")
        }
        let target = String(decoding: path, as: UTF8.self)
        return BackendURL(
            scheme: scheme, host: String(decoding: host, as: UTF8.self), port: port,
            path: target.hasPrefix("/") ? target : "/" + target, user: user)
    }

    /// A text that is no URL, without what may be meant as user info: all up to its last `@`.
    private static func shown(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://"), let at = text.lastIndex(of: "@"), at > scheme.upperBound else {
            return Secrets.maskedURLs(text)
        }
        return Secrets.maskedURLs(text[..<scheme.upperBound] + Secrets.mask + text[at...])
    }

    private static func userInfo(_ bytes: ArraySlice<UInt8>) -> UserInfo {
        let sides = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        func decoded(_ text: ArraySlice<UInt8>) -> String {
            String(decoding: PercentEncoding.decoded(text), as: UTF8.self)
        }
        return UserInfo(name: decoded(sides[0]), password: sides.count == 2 ? decoded(sides[1]) : nil)
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

    /// The URL that a reference leads to from here (RFC 3986 §5.2, of references as `Location` has them).
    ///
    /// - Returns: nil for what is no URL, or has a scheme of another kind.
    func resolved(_ reference: String) -> BackendURL? {
        let reference = String(reference.prefix { $0 != "#" })
        if reference.contains("://") {
            guard var url = try? BackendURL.parse(reference) else { return nil }
            // A server names itself by http where a WebSocket was asked for.
            let kin = ["http": "ws", "https": "wss", "ws": "http", "wss": "https"]
            if ["ws", "wss"].contains(self.scheme) != ["ws", "wss"].contains(url.scheme) {
                guard let scheme = kin[url.scheme] else { return nil }
                url.scheme = scheme
            }
            url.user = url.user ?? (url.host == self.host ? self.user : nil)
            return url
        }
        var url = self
        if reference.hasPrefix("//") { return self.resolved("\(self.scheme):\(reference)") }
        if reference.hasPrefix("/") {
            url.path = Self.withoutDots(reference)
        } else if reference.hasPrefix("?") {
            url.path = self.pathAlone + reference
        } else {
            let folder = self.pathAlone.lastIndex(of: "/").map { self.pathAlone[...$0] } ?? "/"
            url.path = Self.withoutDots(folder + reference)
        }
        return url
    }

    /// A path and query without `.` and `..` (RFC 3986 §5.2.4).
    private static func withoutDots(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }
        var out: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch part {
            case ".": if isLast { out.append("") }
            case "..":
                _ = out.popLast()
                if isLast { out.append("") }
            default: out.append(part)
            }
        }
        return "/" + out.joined(separator: "/") + target[path.endIndex...]
    }
}
