/// Why a connection did not come about.
package struct DialError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Who or what stood in the way.
    package enum Code: Equatable, Sendable {
        /// Nobody listens there (`ECONNREFUSED`).
        case refused
        /// No answer in time, to the connect or to the upgrade.
        case timeout
        /// The host name has no address.
        case dns
        /// The host or its network cannot be reached.
        case unreachable
        /// TLS was not agreed on, or the certificate is not trusted.
        case tls
        /// The server answered the upgrade with this HTTP status.
        case http(status: Int)
        /// The server agreed to the upgrade in a way that RFC 6455 §4.1 forbids, such as a wrong accept key.
        case badUpgrade
        /// What came back is no HTTP.
        case badResponse
        /// The server closed the connection before it was agreed on: a backend that is full does so.
        case closed
        /// This process has no file descriptor left (`EMFILE`, `ENFILE`).
        case noDescriptor
        /// This machine has no local port left (`EADDRNOTAVAIL`).
        case noPort
        /// The settings make no sense.
        case settings
        /// The caller's `install` did not want the connection any more.
        case unwanted
        /// Anything else, as the message says.
        case other
    }

    package var code: Code
    package var message: String
    /// Where the server sent the client, by `Location` (RFC 9110 §10.2.2).
    package var redirect: String?
    /// The `Set-Cookie` fields that came with it.
    var setCookies: [String]

    package init(code: Code, message: String) { self.init(code: code, message: message, redirect: nil) }

    init(code: Code, message: String, redirect: String?, setCookies: [String] = []) {
        self.code = code
        self.message = message
        self.redirect = redirect
        self.setCookies = setCookies
    }

    package static func == (a: DialError, b: DialError) -> Bool { a.code == b.code }

    package var description: String { self.message }

    /// How a connection ends that breaks like this when it is open already.
    var ending: CloseReason {
        switch self.code {
        case .closed: .peerClosed
        case .timeout: .timeout(self.message)
        case .badResponse: .protocolViolation(self.message)
        case .refused, .dns, .unreachable, .tls, .http, .badUpgrade, .noDescriptor, .noPort, .settings, .unwanted,
            .other:
            .transport(self.message)
        }
    }

    /// Whether it was this end that ran out of something.
    package var isLocal: Bool {
        switch self.code {
        case .noDescriptor, .noPort, .settings, .unwanted: true
        case .refused, .timeout, .dns, .unreachable, .tls, .http, .badUpgrade, .badResponse, .closed, .other: false
        }
    }
}
