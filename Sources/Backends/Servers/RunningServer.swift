/// An embedded server that listens.
package struct RunningServer: Sendable {
    /// Where clients reach it.
    package let url: String
    package let port: Int
    /// What whoever started it should be told, such as data that could not be read.
    package let notices: [String]
    private let server: any EmbeddedServer

    init(url: BackendURL, notices: [String] = [], server: any EmbeddedServer) {
        self.notices = notices
        self.url = url.description
        self.port = url.port
        self.server = server
    }

    /// What it has done so far.
    package func counters() async -> ServerCounters { await self.server.counters() }

    /// Ends it: no new connections, a close frame with 1001 to every client, and at most two seconds until the last one
    /// is gone.
    package func shutdown() async { await self.server.shutdown() }
}
