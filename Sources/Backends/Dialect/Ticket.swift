import Signaling

/// What a session was given before it connected.
package struct Ticket: Equatable, Sendable {
    /// The backend's values by name, such as a token; empty when the backend asks for nothing.
    package var values: [String: String]
    /// What the session's own draws come from, such as an identifier that nobody gave it.
    var seed: UInt64 = 0

    /// An identifier drawn from the seed: 22 digits and letters, which every MQTT server takes ([MQTT-3.1.3-5]).
    var drawnIdentifier: String {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        var random = SplitMix64(seed: self.seed)
        return "sb" + String(decoding: (0..<20).map { _ in digits[random.uniform(below: 36)] }, as: UTF8.self)
    }

    /// What stands in the `Cookie` field of the requests that open a connection; nil for none.
    package var cookie: String? {
        get { self.values["cookie"] }
        set { self.values["cookie"] = newValue }
    }

    /// What of it may be shown to the place that a redirect leads to, with the cookies that came with the redirect.
    func redirected(from home: Endpoint, to next: Endpoint, by error: any Error) -> Ticket {
        var ticket = self
        var cookies = Cookies(field: self.cookie)
        cookies.take((error as? DialError)?.setCookies ?? [])
        ticket.cookie = next.isServer(of: home) ? cookies.field : nil
        return ticket
    }

    /// The same with the cookies that the session's last connection was given.
    func showing(_ cookie: String?) -> Ticket {
        guard let cookie else { return self }
        var ticket = self
        ticket.cookie = Cookies(field: self.cookie).updated(by: Cookies(field: cookie)).field
        return ticket
    }

    /// A ticket for a backend that asks for nothing.
    package static let none = Ticket(values: [:])

    package init(values: [String: String]) { self.values = values }
}
