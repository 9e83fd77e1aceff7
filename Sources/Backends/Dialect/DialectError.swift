/// A backend that broke its own protocol, or does not go with the settings, as seen by its dialect.
package struct DialectError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of breach it was.
    package enum Code: UInt8, Sendable {
        /// Bytes that are not of the protocol at all.
        case malformed
        /// Text that is not UTF-8 (RFC 6455 §8.1, RFC 8259 §8.1).
        case invalidUTF8
        /// Something of the protocol at a moment when it may not come.
        case unexpected
        /// What the settings ask for, and the backend says that it does not do.
        case forbidden
        /// Something owed that did not come in time.
        case timeout
    }

    package var code: Code
    package var message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package static func == (a: DialectError, b: DialectError) -> Bool { a.code == b.code }

    package var description: String { self.message }

    /// How the connection that it ends is to be reported.
    package var closeReason: CloseReason {
        switch self.code {
        case .forbidden: .denied(self.message)
        case .timeout: .timeout(self.message)
        case .malformed, .invalidUTF8, .unexpected: .protocolViolation(self.message)
        }
    }
}
