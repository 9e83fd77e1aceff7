import Signaling

/// What a user is told about a backend before it is ever connected to.
package struct BackendDescriptor: Equatable, Sendable, Codable {
    /// What kind of thing it is.
    package enum Family: String, CaseIterable, Sendable, Codable {
        /// A server that passes messages on within rooms.
        case relay
        /// A data store or service whose changes are pushed.
        case service
        /// Topics.
        case broker
        /// Whatever a mapping or a program of the user's reaches.
        case any
    }

    /// What is spoken with it, for those who have to say something in its own words.
    package enum WireProtocol: String, Sendable, Codable {
        /// The article "The relay protocol".
        case relay
        /// MQTT 3.1.1 and MQTT 5.
        case mqtt3
        case mqtt5
        /// Milkcocoa's, on Socket.IO 1.
        case milkcocoa
        case socketIO
        /// What a mapping or a program of the user's knows.
        case other

        package var isMQTT: Bool { self == .mqtt3 || self == .mqtt5 }
        package var isEngineIO: Bool { self == .milkcocoa || self == .socketIO }
    }

    package var id: String
    package var wire: WireProtocol
    package var family: Family
    package var title: String
    /// One sentence.
    package var summary: String
    /// The URL schemes that its dialect speaks, the usual one first.
    package var schemes: [String]
    /// Its own options; those that all backends have are keys of a profile.
    package var options: [OptionInfo]
    /// Whether we carry a server for it: `signalbench serve ID`.
    package var embedded: Bool

    package init(
        id: String, wire: WireProtocol, family: Family = .relay, title: String, summary: String, schemes: [String],
        options: [OptionInfo],
        embedded: Bool
    ) {
        self.family = family
        self.id = id
        self.wire = wire
        self.title = title
        self.summary = summary
        self.schemes = schemes
        self.options = options
        self.embedded = embedded
    }

    /// Whether it is reached by a command that is run in the place of a server.
    package var isCommand: Bool { self.schemes.contains(BackendURL.commandScheme) }

    /// Reads a URL of this backend, in which `tcp://`, `tls://` and `ssl://` stand for its own scheme, as clients write it.
    ///
    /// - Throws: ``BackendError`` for text that is no URL, or one of a scheme that it does not speak.
    package func url(_ text: String) throws(BackendError) -> BackendURL {
        var text = text
        let written = text.prefix { $0 != ":" }.lowercased()
        if ["tcp", "tls", "ssl"].contains(written), text.dropFirst(written.count).hasPrefix("://") {
            let own = self.schemes.first { scheme in
                !["ws", "wss", "http", "https", BackendURL.commandScheme].contains(scheme)
                    && BackendURL(scheme: scheme, host: "", port: 0).isSecure == (written != "tcp")
            }
            guard let own else {
                throw BackendError(
                    code: .badScheme,
                    message: "\(self.id) is reached by \(self.spelledSchemes), not by \(written)://")
            }
            text = own + text.dropFirst(written.count)
        }
        let url = try BackendURL.parse(text)
        try self.check(url)
        return url
    }

    private var spelledSchemes: String { self.schemes.map { "\($0)://" }.joined(separator: " or ") }

    /// Whether this backend can be reached by such a URL.
    ///
    /// - Throws: ``BackendError`` that lists the schemes it does speak.
    package func check(_ url: BackendURL) throws(BackendError) {
        guard !self.schemes.contains(url.scheme) else { return }
        var spelt = url
        // HTTP and WebSocket name one server by two schemes (RFC 6455 §3).
        spelt.scheme = ["http": "ws", "https": "wss", "ws": "http", "wss": "https"][url.scheme] ?? ""
        throw BackendError(
            code: .badScheme,
            message:
                "\(self.id) is reached by \(self.spelledSchemes), not by \(url)",
            suggestion: self.schemes.contains(spelt.scheme) ? "\(self.id):\(spelt)" : nil)
    }

    /// Every mistake in a set of options: keys it does not have, and values outside the listed ones.
    package func problems(in options: [String: String]) -> [BackendError] {
        var found: [BackendError] = []
        let known = self.options + ReachOptions.options
        for (key, value) in options.sorted(by: { $0.key < $1.key }) {
            guard let option = known.first(where: { $0.key == key }) else {
                found.append(
                    BackendError(
                        code: .unknownOption, message: "\(self.id) has no option '\(key)'",
                        suggestion: Spelling.nearest(to: key, among: known.map(\.key))))
                continue
            }
            if !option.values.isEmpty, !option.values.contains(value) {
                found.append(
                    BackendError(
                        code: .badValue,
                        message: "\(key): '\(value)' is not \(option.values.joined(separator: " or "))",
                        suggestion: Spelling.nearest(to: value, among: option.values)))
            }
        }
        return found
    }
}
