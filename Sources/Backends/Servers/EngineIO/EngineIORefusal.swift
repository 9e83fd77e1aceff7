import NIOHTTP1

/// Why a request is refused, by the number that the answer's JSON bears.
///
/// Source: the errors of the reference server, https://socket.io/docs/v4/server-api, event `connection_error`.
enum EngineIORefusal: Int {
    case transport = 0
    case session = 1
    case method = 2
    case request = 3
    case version = 5

    var message: String {
        switch self {
        case .transport: "Transport unknown"
        case .session: "Session ID unknown"
        case .method: "Bad handshake method"
        case .request: "Bad request"
        case .version: "Unsupported protocol version"
        }
    }

    var response: HTTPResponse {
        .json(#"{"code":\#(self.rawValue),"message":"\#(self.message)"}"#, status: .badRequest)
    }
}
