/// What passed the proxy that a run with faults, or `signalbench proxy`, puts before a backend.
package struct ProxyReport: Codable, Equatable, Sendable {
    /// Connections that were accepted.
    package var connections = 0
    /// Of these, those that a fault refused.
    package var refused = 0
    /// Of these, those that the backend did not take.
    package var unreachable = 0
    /// Of these, those that a fault ended.
    package var cut = 0
    /// Bytes that were passed on, those under TLS as they are on the wire.
    package var bytesToBackend = 0
    package var bytesToAgents = 0

    package init() {}
}
