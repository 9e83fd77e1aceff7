/// What is wrong with a scalar, worded to follow its quoted text: "'20sec' has no known unit".
package struct ProfileTextError: Error, Equatable, Sendable {
    /// The rest of a sentence that begins with the scalar.
    package var message: String
    /// What was probably meant.
    package var suggestion: String?

    package init(_ message: String, suggestion: String? = nil) {
        self.message = message
        self.suggestion = suggestion
    }
}
