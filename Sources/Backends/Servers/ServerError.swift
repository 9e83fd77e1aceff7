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
