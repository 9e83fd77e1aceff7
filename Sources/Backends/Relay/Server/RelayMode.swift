/// The two relays that one server can be.
enum RelayMode: String, Sendable {
    /// Every message to every other member, unread.
    case broadcast = "relay"
    /// `from` stamped, `sendto` routed, presence told.
    case routed = "relay-routed"
}
