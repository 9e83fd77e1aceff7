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
