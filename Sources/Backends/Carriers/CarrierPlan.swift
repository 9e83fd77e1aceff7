/// How a dialect's bytes travel.
package enum CarrierPlan: Equatable, Sendable {
    /// WebSocket messages (RFC 6455), one dialect message each, after an HTTP/1.1 upgrade.
    case webSocket(WebSocketPlan)
}
