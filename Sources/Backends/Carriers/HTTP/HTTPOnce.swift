package import NIOCore
package import NIOHTTP1

/// Sends single HTTP/1.1 requests to where a backend listens, each over a connection of its own.
///
/// For logins and the like; nothing here is fast, and nothing needs to be.
package struct HTTPOnce: Sendable {
    let endpoint: Endpoint
    package let loop: any EventLoop

    /// The greatest body kept, in bytes.
    private static let maxBodyBytes = 4 << 20

    /// A client for one backend.
    ///
    /// - Parameters:
    ///   - endpoint: where the backend listens, and how long it may take.
    ///   - loop: where its connections live.
    package init(_ endpoint: Endpoint, on loop: any EventLoop) {
        self.endpoint = endpoint
        self.loop = loop
    }

    /// Sends a request whose answer comes as a whole.
    ///
    /// - Parameters:
    ///   - method: such as `POST`.
    ///   - path: with its query.
    ///   - headers: beside `Host`, `Connection`, `Content-Length` and what the user's settings add.
    ///   - body: nil for none.
    /// - Returns: the answer, whatever its status; or a ``DialError``, also when the answer is greater than 4 MiB.
    package func send(
        _ method: HTTPMethod, path: String, headers: [(String, String)] = [], body: ByteBuffer? = nil
    ) -> EventLoopFuture<HTTPReply> {
        self.loop.flatSubmit {
            let done = self.loop.makePromise(of: HTTPReply.self)
            let line = HTTPLine(self.endpoint, on: self.loop)
            let head = line.head(method, path, [("Connection", "close")] + headers, body: body)
            line.ask(
                HTTPAsk(head: head, body: body, patience: .whole(self.endpoint.settings.connectTimeout)),
                for: HTTPCollector(maxBodyBytes: Self.maxBodyBytes) { result in
                    line.close()
                    done.completeWith(result.mapError { $0 as any Error })
                })
            return done.futureResult
        }
    }
}
