/// What one connection of a session leaves to the next: the dialect, with whatever it has to go on with.
package struct Resumption: Sendable {
    /// For the first connection of a session.
    package static let none = Resumption(dialect: nil, resumes: false)

    let dialect: (any Dialect)?
    /// Whether the next connection would go on where this one ended, as MQTT's does with a kept session; otherwise it
    /// begins a new session, with the same settings and ticket.
    package let resumes: Bool
    /// The `Cookie` field that the next connection shows the server, so that a balancer finds the session's node; nil for
    /// that of the ticket.
    var cookie: String?
}
