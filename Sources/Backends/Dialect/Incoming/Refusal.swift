/// A refusal by the backend, in its own words.
package struct Refusal: Equatable, Sendable {
    /// What was refused, as far as the backend tells.
    package enum Subject: UInt8, Sendable {
        /// Joining a room.
        case join
        /// A signal.
        case send
        /// Something else, or not said.
        case other
    }

    /// The backend's code, such as `unknown-target`.
    package var code: String
    package var message: String
    package var subject: Subject

    package init(code: String, message: String, subject: Subject = .other) {
        self.code = code
        self.message = message
        self.subject = subject
    }
}
