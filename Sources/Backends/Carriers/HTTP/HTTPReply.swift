package import NIOCore
package import NIOHTTP1
import Signaling

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

    /// How an error message tells of an answer that is a refusal: its status, when to come back, where to go instead, and
    /// as much of its body as people read.
    package var refusal: String {
        let wait = self.headers.first(name: "Retry-After").map { " (Retry-After: \($0))" } ?? ""
        if let target { return "HTTP \(self.status)\(wait): a redirect to \(target), which is not followed" }
        let words = Secrets.excerpt(self.body.readableBytesView)
        return "HTTP \(self.status)\(wait)" + (words.isEmpty ? "" : ": \(words)")
    }

    /// What it says of cookies.
    var setCookies: [String] { self.headers["Set-Cookie"] }

    /// Where a redirect leads; nil for any other answer.
    private var target: String? {
        (300..<400).contains(self.status) ? self.headers.first(name: "Location") : nil
    }

    /// Why a connection does not come about after this answer.
    func dialError(_ what: String, _ url: BackendURL) -> DialError {
        DialError(
            code: .http(status: self.status), message: "\(url): \(what) was answered with \(self.refusal)",
            redirect: self.target, setCookies: self.setCookies)
    }
}
