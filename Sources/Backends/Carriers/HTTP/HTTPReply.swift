package import NIOCore
package import NIOHTTP1

/// A server's answer to one request, as a whole.
package struct HTTPReply: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: ByteBuffer

    package init(status: Int, headers: HTTPHeaders, body: ByteBuffer) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The pairs of every `Set-Cookie` field, as the next request's `Cookie` field wants them (RFC 6265 §4.2.1); nil
    /// without any.
    package var cookie: String? {
        let pairs = self.headers["Set-Cookie"].map { $0.prefix { $0 != ";" } }.filter { $0.contains("=") }
        return pairs.isEmpty ? nil : pairs.joined(separator: "; ")
    }
}
