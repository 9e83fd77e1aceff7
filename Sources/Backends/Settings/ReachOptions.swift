package import NIOCore
import Signaling

/// How connections reach a backend, whatever dialect is spoken: TLS, proxy, addresses of both ends.
package struct ReachOptions: Sendable {
    /// Which of the addresses of a host name are dialed.
    package enum AddressChoice: String, CaseIterable, Sendable {
        /// The one that answers first (RFC 8305).
        case first
        /// All of them in turn, so that connections are spread evenly.
        case spread
    }

    /// What becomes of an HTTP redirect at the upgrade.
    package enum Redirects: String, CaseIterable, Sendable {
        /// The dial fails, and its cause names the target.
        case refuse
        /// It is followed, five times at most.
        case follow
    }

    /// How messages of a WebSocket are made smaller.
    package enum Compression: String, CaseIterable, Sendable {
        case none
        /// By permessage-deflate (RFC 7692), where the server agrees.
        case deflate
    }

    package let tls: TLSSettings
    /// The HTTP proxy that is asked to CONNECT; nil for none.
    package let proxy: BackendURL?
    /// Local addresses to dial from, in turn; empty for the system's choice.
    package let sourceAddresses: [SocketAddress]
    package let addresses: AddressChoice
    package let redirects: Redirects
    /// Nanoseconds between pings of a WebSocket client; nil for none.
    package let clientPing: Int64?
    /// Subprotocols that a WebSocket offers, in order of preference (RFC 6455 §4.1).
    package let subprotocols: [String]
    package let compression: Compression

    /// Reads the options that every backend has.
    ///
    /// - Parameters:
    ///   - settings: what the user said.
    ///   - environment: where `proxy: environment` looks.
    /// - Throws: ``BackendError`` for a value that means nothing.
    package init(
        _ settings: BackendSettings, environment: [String: String] = ProxyEnvironment.current
    ) throws(BackendError) {
        for (name, value) in settings.headers {
            guard Self.isToken(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 }) else {
                throw BackendError(
                    code: .badValue,
                    message: "headers.\(name): a header has a name of letters, digits and dashes, and one line of text")
            }
        }
        let options = OptionReader(settings.options)
        var tls = settings.tls
        tls.caFile = options.nonEmpty("tls.ca") ?? tls.caFile
        tls.certificateFile = options.nonEmpty("tls.cert") ?? tls.certificateFile
        tls.keyFile = options.nonEmpty("tls.key") ?? tls.keyFile
        tls.serverName = options.nonEmpty("tls.serverName") ?? tls.serverName
        if let verify = options.nonEmpty("tls.verify") {
            tls.verify = TLSSettings.Verification(rawValue: verify) ?? tls.verify
        }
        if (tls.certificateFile == nil) != (tls.keyFile == nil) {
            throw BackendError(
                code: .badValue, message: "tls.cert and tls.key belong together: give both, or neither")
        }
        if let name = tls.serverName, (try? SocketAddress(ipAddress: name, port: 0)) == nil,
            !name.utf8.allSatisfy({ byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-._".utf8.contains(byte)
            })
        {
            throw BackendError(
                code: .badValue, message: "tls.serverName: '\(name)' is neither a host's name nor an address")
        }
        self.tls = tls
        self.proxy = try Self.proxy(options.text("proxy") ?? "none", for: settings.url, environment)
        self.sourceAddresses = try SourceAddresses.parse(options.text("sourceAddresses") ?? "")
        self.addresses = options.nonEmpty("addresses").flatMap(AddressChoice.init(rawValue:)) ?? .first
        self.redirects = options.nonEmpty("redirects").flatMap(Redirects.init(rawValue:)) ?? .refuse
        let ping = try options.duration("clientPing", default: 0)
        self.clientPing = ping > 0 ? ping : nil
        self.compression = options.nonEmpty("compression").flatMap(Compression.init(rawValue:)) ?? .none
        if self.compression == .deflate, Zlib.shared == nil {
            throw BackendError(code: .badValue, message: "compression: this machine has no libz.so.1 (Debian: zlib1g)")
        }
        self.subprotocols = (options.text("subprotocols") ?? "").split { ", []\"".contains($0) }.map(String.init)
    }

    /// Whether a text may be the name of a field (RFC 9110 §5.6.2).
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    private static func proxy(
        _ text: String, for url: BackendURL, _ environment: [String: String]
    ) throws(BackendError) -> BackendURL? {
        switch text {
        case "", "none": return nil
        case "environment":
            guard let named = ProxyEnvironment.proxy(for: url, in: environment) else { return nil }
            return try Self.proxyURL(named.value, of: named.name)
        default: return try Self.proxyURL(text, of: "proxy")
        }
    }

    private static func proxyURL(_ text: String, of name: String) throws(BackendError) -> BackendURL {
        guard !text.contains("://") || text.lowercased().hasPrefix("http://") else {
            let scheme = text.prefix { $0 != ":" }
            throw BackendError(
                code: .badScheme, message: "\(name): a proxy of \(scheme):// cannot be used: write http://host:port")
        }
        return try BackendURL.parse(text.contains("://") ? text : "http://" + text)
    }
}

extension ReachOptions {
    /// The options that every backend has beside those with a field in ``BackendSettings``; a profile's keys of the same
    /// names say what they mean.
    static let options = [
        OptionInfo(key: "tls.cert", defaultValue: "", summary: ""),
        OptionInfo(key: "tls.key", defaultValue: "", summary: ""),
        OptionInfo(key: "tls.serverName", defaultValue: "", summary: ""),
        OptionInfo(key: "proxy", defaultValue: "none", summary: ""),
        OptionInfo(key: "sourceAddresses", defaultValue: "", summary: ""),
        OptionInfo(
            key: "addresses", defaultValue: "first", values: AddressChoice.allCases.map(\.rawValue), summary: ""),
        OptionInfo(
            key: "redirects", defaultValue: "refuse", values: Redirects.allCases.map(\.rawValue), summary: ""),
        OptionInfo(key: "subprotocols", defaultValue: "", summary: ""),
        OptionInfo(key: "clientPing", defaultValue: "0", summary: ""),
        OptionInfo(
            key: "compression", defaultValue: "none", values: Compression.allCases.map(\.rawValue), summary: ""),
        OptionInfo(key: "accounts", defaultValue: "", summary: ""),
    ]
}

/// Reads local addresses.
enum SourceAddresses {
    /// More addresses than this in one range are a mistake.
    private static let limit = 65_536

    /// Reads addresses and ranges of addresses between commas.
    ///
    /// - Throws: ``BackendError`` for text that is no address.
    static func parse(_ text: String) throws(BackendError) -> [SocketAddress] {
        var all: [SocketAddress] = []
        for part in text.split(whereSeparator: { ",[]\"".contains($0) }) where part.contains(where: { $0 != " " }) {
            let ends = part.split(separator: "-", maxSplits: 1).map { String($0.filter { $0 != " " }) }
            guard let first = ends.first else { continue }
            let from = try Self.address(first)
            guard ends.count == 2 else {
                all.append(from)
                continue
            }
            let to = try Self.address(ends[1])
            guard let low = Self.number(from), let high = Self.number(to), low <= high, high - low < Self.limit else {
                throw BackendError(
                    code: .badValue,
                    message: "sourceAddresses: '\(part)' is no range of IPv4 addresses, from the lower to the higher")
            }
            for number in low...high {
                let bytes = [24, 16, 8, 0].map { String(number >> $0 & 0xFF) }
                all.append(try Self.address(bytes.joined(separator: ".")))
            }
        }
        return all
    }

    private static func address(_ text: String) throws(BackendError) -> SocketAddress {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else {
            throw BackendError(code: .badValue, message: "sourceAddresses: '\(text)' is no IP address")
        }
        return address
    }

    private static func number(_ address: SocketAddress) -> UInt32? {
        guard case .v4 = address, let text = address.ipAddress else { return nil }
        return text.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) }
    }
}
