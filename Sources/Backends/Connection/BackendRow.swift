import NIOCore
import Signaling

/// What the catalogue knows of one dialect; everything above gets at the dialect through it.
struct BackendRow: Sendable {
    let descriptors: [BackendDescriptor]
    let asksForTicket: Bool
    let server: @Sendable (String) -> EmbeddedServerKind?
    let capabilities: @Sendable (BackendSettings) throws(BackendError) -> Capabilities
    let carrier: @Sendable (BackendSettings) throws(BackendError) -> CarrierPlan
    let prepare: @Sendable (HTTPOnce) -> EventLoopFuture<Ticket>
    let connection:
        @Sendable (ConnectionLoop, Endpoint, Ticket, Resumption, any ConnectionOwner) throws(BackendError) -> Connection
    /// The receive path, made for the dialect's type: this is where a general one would cost twenty times as much.
    let receive: @Sendable (Connection, ByteBuffer) -> Void

    @inline(__always)
    init<D: Dialect>(_ dialect: D.Type) {
        self.descriptors = D.descriptors
        self.asksForTicket = D.asksForTicket
        self.server = { D.server(for: $0) }
        self.capabilities = { (settings) throws(BackendError) in try D.capabilities(settings) }
        self.carrier = { (settings) throws(BackendError) in try D.carrier(settings) }
        self.prepare = { D.prepare($0) }
        self.connection = { (home, endpoint, ticket, resumption, owner) throws(BackendError) in
            if let kept = resumption.dialect as? D { return DialectConnection(kept, home, owner: owner) }
            var ticket = ticket
            ticket.seed = home.nextSeed()
            return DialectConnection(try D(endpoint.settings, ticket: ticket), home, owner: owner)
        }
        self.receive = { connection, bytes in
            // Only this row makes the loop's connections.
            unsafeDowncast(connection, to: DialectConnection<D>.self).take(reading: bytes)
        }
    }
}
