/// How to find out that a server which says nothing takes connections.
package enum ReadyCheck: Equatable, Sendable {
    /// A TCP connection is accepted.
    case connect(host: String, port: Int)
    /// An HTTP GET is answered with a status below 500 (RFC 9110, 15).
    case get(host: String, port: Int, path: String)

    /// Reads the profile's `readyCheck`.
    ///
    /// - Parameter text: `host:port`, `tcp://host:port` or `http://host[:port][/path]`.
    /// - Throws: `HarnessError` (bad URL) when it is none of them.
    package init(_ text: String) throws(HarnessError) {
        let (scheme, rest) = Self.split(text)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let path = slash == rest.endIndex ? "/" : String(rest[slash...])
        guard ["tcp", "http"].contains(scheme),
            let authority = Self.authority(rest[..<slash], fallback: scheme == "http" ? 80 : nil)
        else {
            throw HarnessError(
                .badURL, "readyCheck '\(text)' is neither host:port, tcp://host:port nor http://host:port/path",
                cure: "for example readyCheck: tcp://127.0.0.1:1883")
        }
        switch scheme {
        case "http": self = .get(host: authority.host, port: authority.port, path: path)
        default: self = .connect(host: authority.host, port: authority.port)
        }
    }

    /// Where it asks, for messages.
    package var place: String {
        switch self {
        case .connect(let host, let port): "\(host):\(port)"
        case .get(let host, let port, let path): "http://\(host):\(port)\(path)"
        }
    }

    package var host: String {
        switch self {
        case .connect(let host, _), .get(let host, _, _): host
        }
    }

    package var port: Int {
        switch self {
        case .connect(_, let port), .get(_, let port, _): port
        }
    }

    private static func split(_ text: String) -> (scheme: String, rest: Substring) {
        guard let range = text.firstRange(of: "://") else { return ("tcp", text[...]) }
        return (text[..<range.lowerBound].lowercased(), text[range.upperBound...])
    }

    private static func authority(_ text: Substring, fallback: Int?) -> (host: String, port: Int)? {
        var host = text
        var port = fallback
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            host = text[..<colon]
            port = Int(text[text.index(after: colon)...])
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, let port, (1...65535).contains(port) else { return nil }
        return (String(host), port)
    }
}
