extension Profile.Backend: Codable {
    /// Any key: the backend's own options stand beside the common ones.
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The keys every backend has; all others are its own.
    package static let commonKeys = [
        "id", "launch", "url", "readyCheck", "joinGrace", "tls", "headers", "connectTimeout", "reconnect",
    ]

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init()
        self.id = try container.decode(String.self, forKey: Key(stringValue: "id"))
        self.launch = try container.decodeIfPresent([String].self, forKey: Key(stringValue: "launch"))
        self.url = try container.decodeIfPresent(String.self, forKey: Key(stringValue: "url"))
        self.readyCheck = try container.decodeIfPresent(String.self, forKey: Key(stringValue: "readyCheck"))
        self.joinGrace = try container.decode(Profile.Duration.self, forKey: Key(stringValue: "joinGrace"))
        self.tls = try container.decode(TLS.self, forKey: Key(stringValue: "tls"))
        self.headers = try container.decodeIfPresent([String: String].self, forKey: Key(stringValue: "headers")) ?? [:]
        self.connectTimeout = try container.decode(Profile.Duration.self, forKey: Key(stringValue: "connectTimeout"))
        self.reconnect = try container.decode(Reconnect.self, forKey: Key(stringValue: "reconnect"))
        for key in container.allKeys where !Self.commonKeys.contains(key.stringValue) {
            self.options[key.stringValue] = try container.decode(String.self, forKey: key)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.id, forKey: Key(stringValue: "id"))
        try container.encodeIfPresent(self.launch, forKey: Key(stringValue: "launch"))
        try container.encodeIfPresent(self.url, forKey: Key(stringValue: "url"))
        try container.encodeIfPresent(self.readyCheck, forKey: Key(stringValue: "readyCheck"))
        try container.encode(self.joinGrace, forKey: Key(stringValue: "joinGrace"))
        try container.encode(self.tls, forKey: Key(stringValue: "tls"))
        if !self.headers.isEmpty { try container.encode(self.headers, forKey: Key(stringValue: "headers")) }
        try container.encode(self.connectTimeout, forKey: Key(stringValue: "connectTimeout"))
        try container.encode(self.reconnect, forKey: Key(stringValue: "reconnect"))
        for (key, value) in self.options { try container.encode(value, forKey: Key(stringValue: key)) }
    }
}
