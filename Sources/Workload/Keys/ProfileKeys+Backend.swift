import Signaling

extension ProfileKeys {
    static let backend: [ProfileKey] = [
        ProfileKey(
            "backend.id", .text("id"), "Which dialect is spoken; see `list backends`.", isComparable: false,
            get: { $0.backend.id },
            set: { reader, node, id, profile in
                profile.backend.id = id
                let ids = reader.checks.backendIDs
                guard !ids.isEmpty, !ids.contains(id) else { return }
                reader.report(
                    "there is no backend '\(id)' (there are \(ids.joined(separator: ", ")))", at: node.place,
                    suggestion: Spelling.nearest(to: id, among: ids))
            }),
        ProfileKey(
            "backend.launch", .list("words", of: "word"),
            "The server's command, run by us; a first word of signalbench is this program.", isComparable: false,
            get: { $0.backend.launch },
            set: { reader, node, words, profile in
                if words.isEmpty { reader.report("backend.launch has no command", at: node.place) }
                profile.backend.launch = words
            }),
        ProfileKey(
            "backend.url", KeyForm<String>.text("URL", expected: "a URL").orAbsent, \.backend.url,
            "Where the server is; absent: the one we launch.", isComparable: false),
        ProfileKey(
            "backend.readyCheck", KeyForm<String>.text().orAbsent, \.backend.readyCheck,
            "How a launched server shows that it is ready.", isComparable: false),
        ProfileKey(
            "backend.joinGrace", .duration(), \.backend.joinGrace,
            "How long a join is waited for where the backend confirms none.", isComparable: false),
        ProfileKey(
            "backend.tls.ca", KeyForm<String>.text("path", expected: "a path").orAbsent, \.backend.tls.ca,
            "PEM certificates to trust in place of the system's.", isComparable: false),
        ProfileKey(
            "backend.tls.verify", .choice(), \.backend.tls.verify,
            "How much of the server's certificate is checked.", isComparable: false),
        ProfileKey(
            "backend.tls.cert", KeyForm<String>.text("path", expected: "a path").orAbsent, \.backend.tls.cert,
            "PEM file with the client's certificate and its chain.", isComparable: false),
        ProfileKey(
            "backend.tls.key", KeyForm<String>.text("path", expected: "a path").orAbsent, \.backend.tls.key,
            "PEM file with the private key of tls.cert.", isComparable: false),
        ProfileKey(
            "backend.tls.serverName", KeyForm<String>.text("name", expected: "a name").orAbsent,
            \.backend.tls.serverName,
            "Name to ask for and to check the certificate against; absent: the URL's host.", isComparable: false),
        Self.reach(
            "proxy", .text("none | environment | http://host:port", expected: "a URL"), absence: "none",
            "The HTTP proxy that is asked to CONNECT; environment: the one that HTTPS_PROXY and its kin name."),
        Self.reach(
            "addresses",
            .word("first | spread", problem: "is neither first nor spread") { ["first", "spread"].contains($0) },
            absence: "first", "Of a name with several addresses, the first that answers, or all in turn."),
        Self.reach(
            "sourceAddresses", .text("addresses"), absence: "the system's choice",
            "Local addresses to dial from in turn: 127.0.0.2, 127.0.0.3 or 127.0.0.2-127.0.0.9."),
        Self.reach(
            "redirects",
            .word("refuse | follow", problem: "is neither refuse nor follow") { ["refuse", "follow"].contains($0) },
            absence: "refuse", "Whether an HTTP redirect at the upgrade is followed."),
        Self.reach(
            "subprotocols", .text("names"), absence: "none",
            "Subprotocols that a WebSocket offers, between commas; the server has to choose one."),
        Self.reach(
            "clientPing", .text("duration"), absence: "0", "How often an agent pings over WebSocket; 0 for never."),
        Self.reach(
            "compression",
            .word("none | deflate", problem: "is neither none nor deflate") { ["none", "deflate"].contains($0) },
            absence: "none", "Whether a WebSocket offers permessage-deflate (RFC 7692)."),
        ProfileKey(
            "backend.accounts", .text("path", expected: "a path"),
            "CSV file with an account for each agent, from the profile's folder; {column} in headers, URL and options.",
            isComparable: false, absence: "none", get: { $0.backend.reach["accounts"] },
            set: { _, node, path, profile in
                profile.backend.reach["accounts"] = Self.path(path, from: node.place)
            }),
        ProfileKey(
            "backend.headers", .texts, \.backend.headers, "Extra HTTP headers of the handshake.", isComparable: false),
        ProfileKey(
            "backend.connectTimeout", .duration(isPositive: true), \.backend.connectTimeout,
            "From the start of a dial to the welcome.", isComparable: false),
        ProfileKey(
            "backend.reconnect", .choice(), \.backend.reconnect,
            "What an agent does when its connection is lost.", isComparable: false),
        ProfileKey(
            section: "backend",
            read: { reader, entry, profile in
                guard case .mapping(let entries) = entry.value.content else { return }
                let common = Self.inside("backend")
                for entry in entries where !common.contains(entry.key) {
                    Self.option(&reader, entry, entry.key, &profile.backend)
                }
            },
            write: { profile in
                .map(
                    profile.backend.options.sorted { $0.key < $1.key }.map {
                        ProfileValue.Entry(name: $0.key, value: .text($0.value))
                    })
            }),
    ]

    /// A key that says how connections are made; the floor that makes them reads its text.
    private static func reach(
        _ key: String, _ form: KeyForm<String>, absence: String, _ meaning: String
    ) -> ProfileKey {
        ProfileKey(
            "backend.\(key)", form, meaning, isComparable: false, absence: absence,
            get: { $0.backend.reach[key] }, set: { _, _, text, profile in profile.backend.reach[key] = text })
    }

    /// A path that is written in a file begins at the file's folder.
    private static func path(_ path: String, from place: ProfileNode.Place) -> String {
        guard !place.isFlag, !path.hasPrefix("/"), let slash = place.file.lastIndex(of: "/") else { return path }
        return String(place.file[...slash]) + path
    }

    /// Reads a key of the backend's own; nested ones are joined by dots.
    private static func option(
        _ reader: inout KeyReader, _ entry: ProfileNode.Entry, _ key: String, _ backend: inout Profile.Backend
    ) {
        let isKey = reader.checks.backendKeys(backend.id)?.contains(key) ?? false
        let text: String?
        switch entry.value.content {
        case .mapping(let entries) where !isKey:
            for inner in entries { self.option(&reader, inner, "\(key).\(inner.key)", &backend) }
            return
        // What a key takes as JSON may be written as YAML.
        case .mapping, .sequence: text = self.json(entry.value)
        case .empty, .scalar: text = reader.text(entry.value, "backend.\(key)")
        }
        guard let text else { return }
        if let keys = reader.checks.backendKeys(backend.id), !keys.contains(key) {
            reader.report(
                "backend '\(backend.id)' has no key '\(key)'", at: entry.keyPlace,
                suggestion: Spelling.nearest(to: key, among: keys + self.inside("backend")))
        } else if let message = reader.checks.backendValue(backend.id, key, text) {
            reader.report("backend.\(key): '\(text)' \(message)", at: entry.value.place)
        } else {
            backend.options[key] = text
        }
    }

    /// A node as JSON, every scalar of it a string.
    private static func json(_ node: ProfileNode) -> String {
        func quoted(_ text: String) -> String {
            var out = [UInt8(ascii: "\"")]
            JSONText.appendEscaped(Array(text.utf8), to: &out)
            return String(decoding: out, as: UTF8.self) + "\""
        }
        switch node.content {
        case .empty: return "null"
        case .scalar(let text): return quoted(text)
        case .sequence(let items): return "[" + items.map { self.json($0) }.joined(separator: ", ") + "]"
        case .mapping(let entries):
            return "{" + entries.map { quoted($0.key) + ": " + self.json($0.value) }.joined(separator: ", ") + "}"
        }
    }
}
