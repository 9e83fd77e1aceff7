/// Whom a backend must deliver to, as far as the ledger cares.
package struct DeliveryRule: Sendable {
    /// Whether a room-wide message comes back to its sender.
    package var echoesRoom: Bool
    /// Whether a directed message comes back to its sender (a broadcast backend with echo).
    package var echoesDirected: Bool
    /// Whether a directed message goes to its addressee alone.
    package var routesDirected: Bool
    /// Whether directed messages are a stream of their own, which nothing orders among the room-wide ones.
    package var splitsStreams: Bool

    package init(echoesRoom: Bool, echoesDirected: Bool, routesDirected: Bool, splitsStreams: Bool = false) {
        self.echoesRoom = echoesRoom
        self.echoesDirected = echoesDirected
        self.routesDirected = routesDirected
        self.splitsStreams = splitsStreams
    }
}
