/// What a session was given before it connected.
package struct Ticket: Equatable, Sendable {
    /// The backend's values by name, such as a token; empty when the backend asks for nothing.
    package var values: [String: String]
    /// What the session's own draws come from, such as an identifier that nobody gave it.
    var seed: UInt64 = 0

    /// What stands in the `Cookie` field of the requests that open a connection; nil for none.
    package var cookie: String? { self.values["cookie"] }

    /// A ticket for a backend that asks for nothing.
    package static let none = Ticket(values: [:])

    package init(values: [String: String]) { self.values = values }
}
