import NIOCore
import NIOHTTP1

/// One answer, whole.
struct HTTPResponse {
    var status: HTTPResponseStatus
    var type: String
    var body: ByteBuffer
    /// Further fields, such as `Set-Cookie`.
    var headers: [(String, String)] = []

    static func json(_ text: String, status: HTTPResponseStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, type: "application/json; charset=utf-8", body: ByteBuffer(string: text))
    }

    static func text(_ text: String, status: HTTPResponseStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, type: "text/plain; charset=utf-8", body: ByteBuffer(string: text))
    }
}
