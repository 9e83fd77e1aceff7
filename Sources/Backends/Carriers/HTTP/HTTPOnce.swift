package import NIOCore
package import NIOHTTP1

/// Sends single HTTP/1.1 requests to where a backend listens, each over a connection of its own.
///
/// For logins and the like; nothing here is fast, and nothing needs to be.
package struct HTTPOnce: Sendable {
    private let settings: BackendSettings
    private let tls: TLSContext?
    package let loop: any EventLoop

    /// A client for one backend.
    ///
    /// - Parameters:
    ///   - settings: where the backend listens, and how patient to be.
    ///   - loop: where its connections live.
    ///   - tls: made by ``TLSContext/make(for:)`` from the same settings; nil without TLS.
    package init(_ settings: BackendSettings, on loop: any EventLoop, tls: TLSContext?) {
        self.settings = settings
        self.loop = loop
        self.tls = tls
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - method: such as `POST`.
    ///   - path: with its query.
    ///   - headers: beside `Host`, `Connection`, `Content-Length` and what the user's settings add.
    ///   - body: nil for none.
    /// - Returns: the answer, whatever its status.
    /// - Throws: ``DialError``, also when the answer is greater than 4 MiB.
    package func send(
        _ method: HTTPMethod, path: String, headers: [(String, String)] = [], body: ByteBuffer? = nil
    ) async throws -> HTTPReply {
        try await self.future(method, path: path, headers: headers, body: body).get()
    }

    /// The same for callers on an event loop.
    package func future(
        _ method: HTTPMethod, path: String, headers: [(String, String)] = [], body: ByteBuffer? = nil
    ) -> EventLoopFuture<HTTPReply> {
        var fields = HTTPHeaders()
        fields.add(name: "Host", value: self.settings.url.authority)
        fields.add(name: "Connection", value: "close")
        if let body { fields.add(name: "Content-Length", value: String(body.readableBytes)) }
        for (name, value) in headers { fields.add(name: name, value: value) }
        for (name, value) in self.settings.headers { fields.replaceOrAdd(name: name, value: value) }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: fields)
        let url = self.settings.url
        let deadline = NIODeadline.now() + .nanoseconds(self.settings.connectTimeout)
        let tls = self.tls
        let loop = self.loop
        return Dialer.connect(self.settings, on: loop)
            .flatMap { channel in
                let reply = loop.makePromise(of: HTTPReply.self)
                do {
                    let pipeline = channel.pipeline.syncOperations
                    try Dialer.addTLS(tls, to: pipeline, url)
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(
                        HTTPOnceHandler(head: head, body: body, url: url, deadline: deadline, reply: reply))
                } catch {
                    reply.fail(DialError(cause: error, url: url))
                    channel.close(promise: nil)
                }
                return reply.futureResult
            }
    }
}
