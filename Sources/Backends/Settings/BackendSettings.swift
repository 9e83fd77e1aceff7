package import Signaling

/// Everything a user said about the backend under test.
package struct BackendSettings: Sendable {
    /// The backend's id in the catalogue, such as `relay-routed`.
    package var id: String
    package var url: BackendURL
    /// The backend's own options, nested keys joined by dots.
    package var options: [String: String]
    /// Further fields of the HTTP upgrade request, in order.
    package var headers: [(String, String)]
    package var tls: TLSSettings
    /// Nanoseconds from dialing to the backend's welcome.
    package var connectTimeout: Int64
    /// Nanoseconds after which a join that the backend never confirms is taken as done.
    package var joinGrace: Int64
    package var reconnect: ReconnectPolicy
    /// What `{column}` in headers, URL and options stands for; nil where agents do not differ.
    package var accounts: Accounts?

    package init(
        id: String,
        url: BackendURL,
        options: [String: String] = [:],
        headers: [(String, String)] = [],
        tls: TLSSettings = TLSSettings(),
        connectTimeout: Int64 = 10_000_000_000,
        joinGrace: Int64 = 300_000_000,
        reconnect: ReconnectPolicy = .none
    ) {
        self.id = id
        self.url = url
        self.options = options
        self.headers = headers
        self.tls = tls
        self.connectTimeout = connectTimeout
        self.joinGrace = joinGrace
        self.reconnect = reconnect
    }
}

extension BackendSettings {
    /// The settings of one agent: with its values in the place of columns, where there are accounts.
    func account(_ row: Int) -> BackendSettings { self.accounts?.settings(self, row: row) ?? self }

    /// What is spoken with the backend.
    package var wire: BackendDescriptor.WireProtocol { BackendCatalogue.descriptor(for: self.id)?.wire ?? .other }
}

extension BackendSettings {
    /// What may be shown nowhere: values of headers and options whose names say so, user info and secrets of URLs.
    package var secrets: Secrets {
        var secrets = self.url.secrets
        if let accounts { secrets.formUnion(accounts.secrets(in: self)) }
        for (name, value) in self.headers where Secrets.isName(name) {
            secrets.insert(value)
            if name.lowercased() == "cookie" {
                for pair in value.split(separator: ";") {
                    guard let equals = pair.firstIndex(of: "=") else { continue }
                    secrets.insert(pair[pair.index(after: equals)...].filter { $0 != " " && $0 != "\"" })
                }
            } else {
                secrets.insert(credentials: value)
            }
        }
        for (name, value) in self.options where !name.hasPrefix("tls.") {
            if value.hasPrefix("{") || value.hasPrefix("[") { secrets.insert(json: value) }
            if name == "proxy" {
                if let url = try? BackendURL.parse(value) { secrets.formUnion(url.secrets) }
            } else if name == "auth" || name == "query" || name == "userProperties" {
                for pair in (try? PairList.parse(name, value)) ?? [] where Secrets.isName(pair.name) {
                    secrets.insert(pair.value)
                }
            } else if Secrets.isName(name) {
                secrets.insert(value)
            }
        }
        return secrets
    }
}

/// Whom a TLS client believes, and who it says it is.
package struct TLSSettings: Equatable, Sendable {
    /// How far the server's certificate is checked.
    package enum Verification: String, CaseIterable, Sendable, Codable {
        /// Signed by a trusted authority, and for this host name.
        case full
        /// Not at all.
        case none
    }

    /// File with PEM certificates to trust instead of the system's.
    package var caFile: String?
    /// File with the client's own certificate in PEM, its chain behind it.
    package var certificateFile: String?
    /// File with the private key of that certificate.
    package var keyFile: String?
    /// Name to ask for (RFC 6066 §3) and to find in the certificate; nil for the host of the URL.
    package var serverName: String?
    package var verify: Verification

    package init(
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil,
        verify: Verification = .full
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.serverName = serverName
        self.verify = verify
    }
}

/// What an agent does after it lost its connection.
package enum ReconnectPolicy: String, CaseIterable, Sendable, Codable {
    /// Stays away.
    case none
    /// Comes back after a random wait that grows (RFC 6455 §7.2.3).
    case backoff
}

/// Reads a backend's options as what they mean.
package struct OptionReader: Sendable {
    private let options: [String: String]

    package init(_ options: [String: String]) { self.options = options }

    /// The text of an option, or nil when it is not given.
    package func text(_ key: String) -> String? { self.options[key] }

    /// The text of an option, or nil when it is not given or empty.
    package func nonEmpty(_ key: String) -> String? { self.options[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// `true` or `false`.
    ///
    /// - Throws: ``BackendError`` for any other text.
    package func flag(_ key: String, default value: Bool) throws(BackendError) -> Bool {
        switch self.options[key] {
        case nil: return value
        case "true": return true
        case "false": return false
        case .some(let text): throw self.bad(key, text, "true or false")
        }
    }

    /// A whole number within bounds.
    ///
    /// - Throws: ``BackendError`` for any other text.
    package func integer(_ key: String, default value: Int, in bounds: ClosedRange<Int>) throws(BackendError) -> Int {
        guard let text = self.options[key] else { return value }
        guard let number = Int(text), bounds.contains(number) else {
            throw self.bad(key, text, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    /// A duration in nanoseconds, such as `20ms` or `1.5s`.
    ///
    /// - Throws: ``BackendError`` for any other text.
    package func duration(_ key: String, default value: Int64) throws(BackendError) -> Int64 {
        guard let text = self.options[key] else { return value }
        guard let duration = Self.nanoseconds(text) else { throw self.bad(key, text, "a duration such as 20ms") }
        return duration
    }

    /// Nanoseconds of a text such as `20ms`, `1.5s`, `2m` or `0`; nil when it is none.
    package static func nanoseconds(_ text: String) -> Int64? {
        if text == "0" { return 0 }
        let units: [(suffix: String, scale: Double)] = [
            ("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3_600e9),
        ]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
        let digits = text.dropLast(unit.suffix.count)
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let number = Double(digits), number.isFinite, number * unit.scale < 1e18
        else { return nil }
        return Int64((number * unit.scale).rounded())
    }

    private func bad(_ key: String, _ text: String, _ wanted: String) -> BackendError {
        BackendError(code: .badValue, message: "\(key): '\(text)' is not \(wanted)")
    }
}

/// Names and values in one option.
enum PairList {
    /// Reads `key=value&key=value`, percent-encoded, or a JSON object whose values are scalars.
    ///
    /// - Throws: ``BackendError`` for text that is neither.
    static func parse(_ option: String, _ text: String) throws(BackendError) -> [(name: String, value: String)] {
        guard text.hasPrefix("{") else {
            return text.split(separator: "&").map { pair in
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { side in
                    String(decoding: PercentEncoding.decoded(side.utf8), as: UTF8.self)
                }
                return (sides[0], sides.count == 2 ? sides[1] : "")
            }
        }
        let pairs = Array(text.utf8).withUnsafeBytes { bytes -> [(name: String, value: String)]? in
            var walker = JSONWalker(bytes)
            var found: [(name: String, value: String)] = []
            do throws(JSONError) {
                try walker.enterObject()
                while let member = try walker.next() {
                    let value =
                        member.value.isString
                        ? JSONText.unescape(member.value.content, in: bytes) : Array(bytes[member.value.range])
                    guard let value, let key = JSONText.unescape(member.key, in: bytes) else { return nil }
                    found.append((String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self)))
                }
                try walker.finish()
            } catch { return nil }
            return found
        }
        guard let pairs else {
            throw BackendError(code: .badValue, message: "\(option): write key=value&key=value, or a JSON object")
        }
        return pairs
    }
}
