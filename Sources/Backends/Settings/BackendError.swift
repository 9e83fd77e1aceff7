/// A mistake in what a user wrote about a backend.
package struct BackendError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of mistake it is.
    package enum Code: UInt8, Sendable {
        /// No backend has this id.
        case unknownBackend
        /// A URL without the id that says which protocol to speak.
        case missingID
        /// Text that is no URL.
        case badURL
        /// A URL of a scheme that this backend does not speak.
        case badScheme
        /// An option that this backend does not have.
        case unknownOption
        /// An option with a value that means nothing.
        case badValue
        /// A file that cannot be read or is not what it should be.
        case badFile
    }

    package var code: Code
    package var message: String
    /// What was probably meant.
    package var suggestion: String?

    package init(code: Code, message: String, suggestion: String? = nil) {
        self.code = code
        self.message = message
        self.suggestion = suggestion
    }

    package static func == (a: BackendError, b: BackendError) -> Bool { a.code == b.code }

    package var description: String {
        guard let suggestion else { return self.message }
        return "\(self.message) (did you mean \(suggestion)?)"
    }
}
