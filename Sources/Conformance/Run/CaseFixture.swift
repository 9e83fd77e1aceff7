package import Backends

/// A backend under test as cases reach it.
package struct CaseFixture: Sendable {
    /// As the user named it.
    package var name: String
    package var settings: BackendSettings
    package var declaration: Declaration
    /// Whether we started it, so that it may be stopped, and knows our extensions.
    package var isOurs: Bool
    /// A server with quick heartbeats and timeouts: ours with other flags, a broker with a short keep-alive; nil where
    /// there is none.
    package var quickHeart: QuickHeart?
    /// Stops the server and starts it again at the same address; nil where it is not ours to stop.
    package var restart: (@Sendable () async throws -> Void)?
    /// Memory and other figures of the server's process; nil where it is not ours.
    package var residentBytes: (@Sendable () async -> Int?)?

    /// A second server whose heartbeats are short.
    package struct QuickHeart: Sendable {
        package var settings: BackendSettings
        package var intervalMs: Int
        package var timeoutMs: Int
        /// How long a connection may stay silent; nil where nobody knows.
        package var handshakeMs: Int?

        package init(settings: BackendSettings, intervalMs: Int, timeoutMs: Int, handshakeMs: Int?) {
            self.settings = settings
            self.intervalMs = intervalMs
            self.timeoutMs = timeoutMs
            self.handshakeMs = handshakeMs
        }
    }

    package init(name: String, settings: BackendSettings, declaration: Declaration, isOurs: Bool) {
        self.name = name
        self.settings = settings
        self.declaration = declaration
        self.isOurs = isOurs
    }
}
