import NIOCore
import NIOHTTP1
import Signaling

/// One request, whole.
struct HTTPRequest {
    var head: HTTPRequestHead
    var body: ByteBuffer

    /// The path without the query.
    var path: String { String(self.head.target.prefix { $0 != "?" }) }

    /// The query's values by key; of a key that stands twice, the first counts.
    var query: [String: String] {
        let target = self.head.target
        guard let mark = target.firstIndex(of: "?") else { return [:] }
        return Self.pairs(target[target.index(after: mark)...])
    }

    /// The fields of a form (WHATWG URL §5.1, application/x-www-form-urlencoded).
    var form: [String: String] { Self.pairs(String(buffer: self.body)[...]) }

    /// The value of a cookie (RFC 6265 §4.2).
    func cookie(_ name: String) -> String? {
        for field in self.head.headers["Cookie"] {
            for pair in field.split(separator: ";") {
                let text = pair.drop { $0 == " " }
                if text.hasPrefix(name + "=") { return String(text.dropFirst(name.count + 1)) }
            }
        }
        return nil
    }

    private static func pairs(_ text: Substring) -> [String: String] {
        var all: [String: String] = [:]
        for pair in text.split(separator: "&").prefix(64) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = Self.decoded(parts[0])
            if all[key] == nil { all[key] = parts.count > 1 ? Self.decoded(parts[1]) : "" }
        }
        return all
    }

    private static func decoded(_ text: Substring) -> String {
        String(decoding: PercentEncoding.decoded(text.utf8, plusIsSpace: true), as: UTF8.self)
    }
}

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
