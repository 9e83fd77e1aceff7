/// How an embedded server behaves; the defaults are what `list` shows.
package struct ServerOptions: Equatable, Sendable {
    /// Whether the sender of a room-wide message receives it too.
    package var echo = false
    /// Nanoseconds by which every delivery is held back, exactly.
    package var delay: Int64 = 0
    /// The path that may be upgraded; others are answered with 404.
    package var path = "/"
    /// The greatest message in bytes; a greater one closes the connection with 1009.
    package var maxMessageBytes = 1 << 20
    /// Bytes that may wait for a member that does not read; then it is disconnected with 1008.
    package var memberQueueBytes = 4 << 20
    /// Nanoseconds that a connection may take to become a WebSocket.
    package var handshakeTimeout: Int64 = 10_000_000_000
    /// Nanoseconds between two pings.
    package var pingInterval: Int64 = 25_000_000_000
    /// Nanoseconds that a client may take to show life after a ping.
    package var pingTimeout: Int64 = 20_000_000_000
    /// Nanoseconds that a connection may take to end after its close frame was sent.
    package var closeTimeout: Int64 = 1_000_000_000
    /// Event loops; a room lives on one of them.
    package var loops = 1
    /// Rooms that one client may be in.
    package var maxRooms = 64
    /// Greatest room name in bytes of UTF-8.
    package var maxRoomNameBytes = 1_024
    /// Whether `socketio` has the holes of the server that was published in 2016; for tests that have to find them.
    package var isFaithful2016 = false
    /// Folder in which `baas` keeps what is stored; nil for memory only.
    package var dataFolder: String?
    /// Names and passwords that may log in at `baas`, in the app of whoever names none.
    package var accounts: [String: String] = [:]
    /// Whether `baas` holds clients to the published limits of the free plan.
    package var hasFreeLimits = false
    /// Makes the ids that it gives out, and its clock where it tells the time, the same in every run; for simulations.
    package var seed: UInt64?
    /// PEM file with the certificate chain; with ``keyFile`` it turns TLS on.
    package var certificateFile: String?
    /// PEM file with the private key.
    package var keyFile: String?

    package init() {}
}
