/// What a backend promises, in the vocabulary of the conformance catalogue; nil means unspecified.
///
/// It is declared in every report, decides what the ledger may expect, and is what conformance cases verify.
package struct Capabilities: Codable, Equatable, Sendable {
    /// Whether the sender of a room-wide message receives it too.
    package var selfEcho: Bool
    /// What becomes of a message with `sendto`.
    package var directed: Directed
    /// Who says who a message is from.
    package var fromAuthority: Authority
    /// Whether the backend says when a join is done.
    package var joinConfirmed: Bool
    /// Whether the backend tells members who joined.
    package var presenceJoin: Bool
    /// Who tells members that somebody left.
    package var presenceLeave: Departure
    /// Milliseconds after which a vanished member is noticed at the latest; nil when never.
    package var detectMilliseconds: Int?
    package var order: Order
    package var delivery: Delivery
    package var ack: Acknowledgement
    /// What becomes of a message for nobody the backend knows; nil where nothing is routed.
    package var unknownTarget: UnknownTarget?
    /// What a member that does not read loses.
    package var slowConsumer: SlowConsumer
    /// The greatest message in bytes.
    package var maxMessageBytes: Int?
    /// What becomes of a greater one.
    package var oversize: Oversize?
    /// Whether an agent may be in several rooms at once.
    package var multipleRooms: Bool
    /// Who pings whom; nil when nobody.
    package var heartbeat: Heartbeat?
    /// Milliseconds that a connection may take to become one of the protocol.
    package var handshakeTimeoutMilliseconds: Int?

    package init(
        selfEcho: Bool,
        directed: Directed,
        fromAuthority: Authority,
        joinConfirmed: Bool,
        presenceJoin: Bool = false,
        presenceLeave: Departure = .none,
        detectMilliseconds: Int? = nil,
        order: Order,
        delivery: Delivery,
        ack: Acknowledgement = .none,
        unknownTarget: UnknownTarget? = nil,
        slowConsumer: SlowConsumer,
        maxMessageBytes: Int? = nil,
        oversize: Oversize? = nil,
        multipleRooms: Bool,
        heartbeat: Heartbeat? = nil,
        handshakeTimeoutMilliseconds: Int? = nil
    ) {
        self.selfEcho = selfEcho
        self.directed = directed
        self.fromAuthority = fromAuthority
        self.joinConfirmed = joinConfirmed
        self.presenceJoin = presenceJoin
        self.presenceLeave = presenceLeave
        self.detectMilliseconds = detectMilliseconds
        self.order = order
        self.delivery = delivery
        self.ack = ack
        self.unknownTarget = unknownTarget
        self.slowConsumer = slowConsumer
        self.maxMessageBytes = maxMessageBytes
        self.oversize = oversize
        self.multipleRooms = multipleRooms
        self.heartbeat = heartbeat
        self.handshakeTimeoutMilliseconds = handshakeTimeoutMilliseconds
    }
}
