package import NIOCore
package import Signaling

/// How one backend speaks: bytes in, events and bytes out, as a value.
///
/// A dialect is sans-IO. It owns no channel, no clock and no task: time is passed in, bytes are handed over, and what it
/// wants to say it puts into an ``Outbox``. There is one value per agent, mutated only on that agent's event loop; it
/// outlives connections, so that it can resume after a reconnect. It never reads a body that is addressed to somebody
/// else, and it allocates nothing for such a message.
///
/// A carrier stands below it (``CarrierPlan``): ``next(_:now:into:)`` gets the payload of one message or packet at a time,
/// or, where the carrier is a stream, whatever has arrived.
package protocol Dialect: Sendable {
    /// The backends that this dialect reaches, one for each id.
    static var descriptors: [BackendDescriptor] { get }

    /// The server that we carry for the backend of that id; nil for none.
    static func server(for id: String) -> EmbeddedServerKind?

    /// What the backend promises under these settings.
    ///
    /// - Throws: ``BackendError`` when an option has a value that the dialect does not know.
    static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities

    /// How its bytes travel under these settings.
    ///
    /// - Throws: ``BackendError`` when an option has a value that the dialect does not know.
    static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan

    /// Whether a session needs something of the backend before it can connect; then ``prepare(_:)`` obtains it.
    static var asksForTicket: Bool { get }

    /// Obtains what a session needs before it can connect: a login, a token, an id.
    ///
    /// It runs off the hot path, once a session, and is timed as `session.login`.
    ///
    /// - Parameter http: sends requests to where the backend listens.
    /// - Returns: what the dialect and the dial are given; or a ``DialError``, and the agent counts as refused.
    static func prepare(_ http: HTTPOnce) -> EventLoopFuture<Ticket>

    /// A dialect that has never been connected.
    init(_ settings: BackendSettings, ticket: Ticket) throws(BackendError)

    /// Path and query that this session asks for when it opens its WebSocket; nil for the plan's.
    var target: String? { get }

    /// The carrier is open, for the first time or again; a welcome and a join are to follow.
    mutating func opened(now: Instant, into out: inout Outbox)

    /// Takes one event off the front of `bytes`.
    ///
    /// It consumes what it used. The caller calls again until nil comes back, and owns what is left over. Index ranges in
    /// the event are indices of the given buffer, which stay readable after the bytes were consumed; they are good until the
    /// next call.
    ///
    /// - Returns: the event, or nil when more bytes are needed.
    /// - Throws: ``DialectError`` when the backend broke its own protocol; the connection is to be closed.
    mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound?

    /// Puts a command into the backend's words.
    mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission

    /// Holds the body of a signal that came nested in a string, unescaped; good until the next call.
    var scratch: ByteBuffer { get }

    /// What the server said of its limits, in its protocol's words; for people.
    var announced: [Announcement] { get }

    /// What came on this connection and means nothing under these settings.
    var overlooked: UnknownEvents { get }

    /// When ``expired(now:into:)`` wants to be called; nil for never. It may change with every call above.
    var deadline: Instant? { get }

    /// The deadline has passed.
    ///
    /// - Throws: ``DialectError`` when the backend missed something that it owed; the connection is to be closed.
    mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) -> Inbound?

    /// The carrier is closed.
    ///
    /// - Returns: whether the next connection would resume the session.
    mutating func closed(_ why: CloseReason) -> Bool
}

/// One limit that a server announced.
package struct Announcement: Equatable, Sendable {
    package var name: String
    package var value: String
}

extension Dialect {
    /// Nothing.
    package var announced: [Announcement] { [] }

    /// Nothing.
    package var overlooked: UnknownEvents { UnknownEvents() }

    /// The plan's.
    package var target: String? { nil }

    /// Nothing is needed.
    package static func server(for id: String) -> EmbeddedServerKind? { nil }

    package static var asksForTicket: Bool { false }

    /// An empty ticket.
    package static func prepare(_ http: HTTPOnce) -> EventLoopFuture<Ticket> {
        http.loop.makeSucceededFuture(.none)
    }

    /// Empty: nothing comes nested in a string.
    package var scratch: ByteBuffer { ByteBuffer() }
}
