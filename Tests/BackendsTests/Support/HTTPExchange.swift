import NIOCore
import NIOPosix

/// One HTTP request on a connection of its own, written by hand, and the answer.
struct HTTPExchange: Sendable {
    var status: Int
    var body: String

    struct NoAnswer: Error { let heard: [UInt8] }

    static func run(
        _ method: String = "GET", _ target: String, body: String? = nil, headers: [String] = [], port: Int,
        group: any EventLoopGroup
    ) async throws -> HTTPExchange {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + headers
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        let said = lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
        let heard = try await RawTCP.exchange(Array(said.utf8), port: port, group: group)
        let end = heard.indices.first { heard[$0...].starts(with: "\r\n\r\n".utf8) }
        let words = String(decoding: heard.prefix { $0 != 0x0D }, as: UTF8.self).split(separator: " ")
        guard let end, words.count > 1, let status = Int(words[1]) else { throw NoAnswer(heard: heard) }
        return HTTPExchange(status: status, body: String(decoding: heard[(end + 4)...], as: UTF8.self))
    }
}
