import NIOCore

/// What runs on an ``EngineIOServer``: it gets the sessions and their messages, and plain HTTP requests.
///
/// Every call comes on the server's one event loop.
protocol EngineIOApplication: AnyObject {
    /// A client has opened a session.
    func opened(_ session: EngineIOSession)

    /// A client sent a message; the text is UTF-8 without Engine.IO's digit.
    func received(_ text: ByteBuffer, from session: EngineIOSession)

    /// A session is gone.
    func closed(_ session: EngineIOSession)

    /// A request that is none of Engine.IO's.
    ///
    /// - Returns: nil for what is not found.
    func answer(_ request: HTTPRequest) -> HTTPResponse?

    /// Everything that was ready has been read; nothing written since has left yet.
    func tickEnded()
}
