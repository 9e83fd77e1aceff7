/// What an agent does after it lost its connection.
package enum ReconnectPolicy: String, CaseIterable, Sendable, Codable {
    /// Stays away.
    case none
    /// Comes back after a random wait that grows (RFC 6455 §7.2.3).
    case backoff
}
