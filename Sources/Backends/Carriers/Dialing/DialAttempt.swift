import NIOCore

/// The channels with which one connection is being opened, so that a connection that is given up leaves none behind.
///
/// A dial may take several, one after the other: a poll, an upgrade, the place that a redirect names. It is confined to
/// the connection's loop; as a ``Network`` it is shared like one, so that it traps on another thread.
final class DialAttempt: Network {
    private enum State {
        /// Channels are opened, and belong to nobody else.
        case dialing([any Channel])
        /// The connection has its transport, which closes what it opens from now on.
        case opened
        /// Nobody wants the connection any more.
        case cancelled
    }

    private let home: Endpoint
    private let state: NIOLoopBoundBox<State>
    private let cookies: NIOLoopBoundBox<String?>

    /// - Parameters:
    ///   - home: where the first channel leads.
    ///   - loop: the connection's.
    init(at home: Endpoint, on loop: any EventLoop) {
        self.home = home
        self.state = NIOLoopBoundBox(.dialing([]), eventLoop: loop)
        self.cookies = NIOLoopBoundBox(nil, eventLoop: loop)
    }

    /// The `Cookie` field for the server that was asked first, when the handshake was over.
    var cookie: String? { self.cookies.value }

    /// Keeps the cookies with which a handshake was made, or that it set, unless a redirect led to another server.
    func keep(_ cookies: Cookies, of endpoint: Endpoint) {
        if endpoint.isServer(of: self.home) { self.cookies.value = cookies.field }
    }

    func connect(
        host: String, port: Int, timeout: TimeAmount, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        if case .cancelled = self.state.value { return loop.makeFailedFuture(Unwanted()) }
        return self.home.network.connect(host: host, port: port, timeout: timeout, on: loop).flatMapThrowing {
            channel in
            switch self.state.value {
            case .dialing(let channels): self.state.value = .dialing(channels.filter(\.isActive) + [channel])
            case .opened: break
            case .cancelled:
                channel.close(promise: nil)
                throw Unwanted()
            }
            return channel
        }
    }

    func spawn(_ command: String) throws(DialError) -> any ChildProgram { try self.home.network.spawn(command) }

    /// The connection is open.
    func succeeded() { self.state.value = .opened }

    /// Closes what was opened, and whatever is still to come.
    func cancel() {
        guard case .dialing(let channels) = self.state.value else { return }
        self.state.value = .cancelled
        for channel in channels { channel.close(promise: nil) }
    }

    /// The connection ended before it was open.
    private struct Unwanted: Error {}
}
