import NIOCore

/// What carries a connection's bytes once it is open: a channel, long-polling requests, a child process.
///
/// Confined to the connection's loop. What it receives goes to its ``TransportOwner``; after ``TransportOwner/ended(_:)``
/// it is silent.
protocol Transport: AnyObject {
    /// Takes everything that an outbox holds; ``flush()`` sends it.
    func write(_ outbox: inout Outbox)

    func flush()

    /// Ends the connection in order, after everything that was written.
    func close()

    /// Ends the connection at once, by RST where there is a socket.
    func reset()

    /// Stops or resumes reading; what the other end sends meanwhile waits in its buffers.
    func setReading(_ isReading: Bool)

    /// Bytes that were written and not yet taken by the network.
    var pendingBytes: Int { get }

    /// Whether WebSocket frames go through it as they are, a Close among them.
    var carriesFrames: Bool { get }

    /// The `Cookie` field for the server that was asked first, with what it has set since; nil for that of the handshake.
    var cookie: String? { get }
}

extension Transport {
    var carriesFrames: Bool { false }
    var cookie: String? { nil }
}

/// Who gets what a transport receives: a connection.
protocol TransportOwner: AnyObject {
    /// The transport can carry; messages that came before are given in order.
    func opened(_ transport: any Transport, early: [ByteBuffer])

    /// One whole message or packet.
    func received(message: ByteBuffer)

    /// Nothing more is there to read at this moment: what was answered meanwhile is to be flushed.
    func endOfRead()

    /// The other end, or the network, ended it after it was open.
    func ended(_ reason: CloseReason)

    /// It could not be opened.
    func failed(_ error: DialError)
}
