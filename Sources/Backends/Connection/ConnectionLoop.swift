package import NIOCore
package import Signaling

/// What the connections of one event loop share: how they are opened, and the flush at the end of a tick.
///
/// Confined to its event loop.
package final class ConnectionLoop {
    package let loop: any EventLoop
    package let endpoint: Endpoint
    let framing: CarrierFraming
    /// The greatest message accepted from the backend, in bytes.
    let maxMessageBytes: Int
    private let row: BackendRow
    /// The child processes of dialects that are spoken through one.
    let pipes: PipePool
    private var seeds: SplitMix64
    private var unflushed: [Connection] = []
    private var isFlushing = false
    /// Connections that have said Close, and whose other ends have not ended the stream yet.
    package internal(set) var closing = 0

    /// - Parameters:
    ///   - loop: where the connections live.
    ///   - endpoint: where they go to.
    ///   - seed: of the masking keys, which must differ between loops.
    /// - Throws: ``BackendError`` for an unknown backend.
    package init(_ loop: any EventLoop, to endpoint: Endpoint, seed: UInt64) throws(BackendError) {
        self.loop = loop
        self.endpoint = endpoint
        self.framing = endpoint.carrier.framing
        self.maxMessageBytes = endpoint.carrier.maxMessageBytes
        self.row = try BackendCatalogue.row(endpoint.settings.id)
        self.seeds = SplitMix64(seed: seed)
        self.pipes = PipePool(endpoint, on: loop)
        self.pipes.atEndOfRead = { [weak self] in self?.endOfRead() }
    }

    /// The loop's clock.
    @inline(__always)
    package var now: Instant { Instant(nanoseconds: Int64(self.loop.now.uptimeNanoseconds)) }

    /// Whether sessions need a ticket before they can connect.
    package var asksForTicket: Bool { self.row.asksForTicket }

    /// Obtains what one session needs before it can connect.
    ///
    /// - Parameter account: whose, where agents have accounts.
    /// - Returns: the ticket; or a ``DialError``.
    package func prepare(account: Int = 0) -> EventLoopFuture<Ticket> {
        do {
            return self.row.prepare(HTTPOnce(try self.endpoint.account(account), on: self.loop))
        } catch {
            return self.loop.makeFailedFuture(DialError(code: .settings, message: error.description))
        }
    }

    /// Begins a connection.
    ///
    /// - Parameters:
    ///   - account: whose connection it is, where agents have accounts.
    ///   - ticket: what the session was given before.
    ///   - resumption: what the session's last connection left behind; `.none` for its first.
    ///   - owner: who gets its events; held until the connection has ended.
    /// - Returns: the connection, which is being opened; no event comes before the call returns.
    /// - Throws: ``BackendError`` when the settings do not fit the backend.
    package func connect(
        account: Int = 0, ticket: Ticket = .none, resuming resumption: Resumption = .none, owner: any ConnectionOwner
    ) throws(BackendError) -> Connection {
        let endpoint = try self.endpoint.account(account)
        let ticket = ticket.showing(resumption.cookie)
        let connection = try self.row.connection(self, endpoint, ticket, resumption, owner)
        connection.open(at: endpoint, ticket: ticket)
        return connection
    }

    /// A connection over a channel that the caller made: its handler, to be added to the channel's pipeline.
    package func connection(
        overChannelFor owner: any ConnectionOwner
    ) throws(BackendError) -> (Connection, any ChannelHandler) {
        let connection = try self.row.connection(self, self.endpoint, .none, .none, owner)
        return (connection, ChannelTransport(connection))
    }

    /// Called at the end of each read, before what was written is flushed: whatever else is due then can go out with it.
    package var atEndOfRead: (() -> Void)?

    func endOfRead() {
        self.atEndOfRead?()
        self.flush()
    }

    /// Flushes what was written, in the order in which connections wrote first; once at the end of a tick.
    package func flush() {
        guard !self.isFlushing, !self.unflushed.isEmpty else { return }
        self.isFlushing = true
        var next = 0
        while next < self.unflushed.count {
            self.unflushed[next].flush()
            next += 1
        }
        self.unflushed.removeAll(keepingCapacity: true)
        self.isFlushing = false
    }

    func willFlush(_ connection: Connection) { self.unflushed.append(connection) }

    /// The receive path of the backend's dialect.
    @inline(__always)
    func take(_ connection: Connection, _ bytes: ByteBuffer) { self.row.receive(connection, bytes) }

    func nextSeed() -> UInt64 { self.seeds.next() }
}

@available(*, unavailable)
extension ConnectionLoop: Sendable {}
