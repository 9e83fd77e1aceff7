import Glibc
import NIOCore

/// Why an embedded server did not start.
package struct ServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What stood in the way.
    package enum Code: UInt8, Sendable {
        /// Somebody else listens there.
        case addressInUse
        /// The address is not one of this machine, or may not be used.
        case badAddress
        /// The certificate or the key cannot be used.
        case tls
        /// The folder with the stored data cannot be used.
        case data
        /// An account that nobody can log in with.
        case account
        /// No server is embedded for this backend.
        case notEmbedded
        /// Anything else, as the message says.
        case other
    }

    package var code: Code
    package var message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package static func == (a: ServerError, b: ServerError) -> Bool { a.code == b.code }

    package var description: String { self.message }
}

extension ServerError {
    /// Says in our words why an address cannot be listened at.
    init(bind cause: any Error, host: String, port: Int) {
        guard let error = cause as? IOError else {
            self.init(code: .badAddress, message: "cannot listen at \(host):\(port): \(cause)")
            return
        }
        switch error.errnoCode {
        case EADDRINUSE:
            self.init(
                code: .addressInUse,
                message: "cannot listen at \(host):\(port): the port is in use (take another one, or 0 for a free one)")
        case EADDRNOTAVAIL:
            self.init(
                code: .badAddress, message: "cannot listen at \(host):\(port): that is no address of this machine")
        case EACCES:
            self.init(
                code: .badAddress, message: "cannot listen at \(host):\(port): not allowed (ports below 1024 want root)"
            )
        default:
            self.init(code: .other, message: "cannot listen at \(host):\(port): \(error)")
        }
    }
}
