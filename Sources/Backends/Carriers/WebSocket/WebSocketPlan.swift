/// What a dialect asks of its WebSocket.
package struct WebSocketPlan: Equatable, Sendable {
    /// The kind of data frame that it sends.
    package enum DataKind: UInt8, Equatable, Sendable {
        case text
        case binary
    }

    package var data: DataKind
    /// Value of `Sec-WebSocket-Protocol`; the server has to choose it (RFC 6455 §4.1).
    package var subprotocol: String?
    /// Path and query to ask for, in place of the URL's.
    package var path: String?
    /// Value of `Origin`; none is sent when nil.
    package var origin: String?
    /// Whether the URL's user info goes into the request (RFC 7617); not where the protocol itself has credentials.
    package var takesUserInfo: Bool
    /// The greatest message accepted from the backend, in bytes.
    package var maxMessageBytes: Int
    /// Whether the boundaries of messages mean nothing, so that their contents are one stream of bytes (MQTT 5 §6).
    package var isStream: Bool

    package init(
        data: DataKind,
        subprotocol: String? = nil,
        path: String? = nil,
        origin: String? = nil,
        takesUserInfo: Bool = true,
        maxMessageBytes: Int = 16 << 20,
        isStream: Bool = false
    ) {
        self.data = data
        self.subprotocol = subprotocol
        self.path = path
        self.origin = origin
        self.takesUserInfo = takesUserInfo
        self.maxMessageBytes = maxMessageBytes
        self.isStream = isStream
    }
}
