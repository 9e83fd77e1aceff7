package import NIOCore
package import NIOHTTP1

/// Sends single HTTP/1.1 requests to where a backend listens, each over a connection of its own.
///
/// For logins and the like; nothing here is fast, and nothing needs to be.
package struct HTTPOnce: Sendable {
    let endpoint: Endpoint
    package let loop: any EventLoop

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
        var fields = HTTPHeaders()
        fields.add(name: "Host", value: self.endpoint.settings.url.authority)
        fields.add(name: "Connection", value: "close")
        if let body { fields.add(name: "Content-Length", value: String(body.readableBytes)) }
        if let user = self.endpoint.settings.url.user {
            fields.add(name: "Authorization", value: BasicAuthorization.value(user))
        }
        for (name, value) in headers { fields.add(name: name, value: value) }
        for (name, value) in self.endpoint.settings.headers { fields.replaceOrAdd(name: name, value: value) }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: fields)
        let url = self.endpoint.settings.url
        let deadline = self.loop.now + .nanoseconds(self.endpoint.settings.connectTimeout)
        let endpoint = self.endpoint
        let loop = self.loop
        return endpoint.connect(on: loop)
            .flatMap { channel in
                let reply = loop.makePromise(of: HTTPReply.self)
                do {
                    let pipeline = channel.pipeline.syncOperations
                    try endpoint.addTLS(to: pipeline)
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
