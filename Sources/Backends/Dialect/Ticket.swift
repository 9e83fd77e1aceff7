/// What a session was given before it connected.
package struct Ticket: Equatable, Sendable {
    /// The backend's values by name, such as a token; empty when the backend asks for nothing.
    package var values: [String: String]

    /// A ticket for a backend that asks for nothing.
    package static let none = Ticket(values: [:])

    package init(values: [String: String]) { self.values = values }
}
