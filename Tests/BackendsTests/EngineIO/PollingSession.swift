import NIOCore

/// A session of Engine.IO that is polled by hand.
struct PollingSession: Sendable {
    /// The body of the first answer.
    let greeting: String
    /// What to ask for.
    let target: String
    private let port: Int
    private let group: any EventLoopGroup

    static func open(_ query: String, port: Int, group: any EventLoopGroup) async throws -> PollingSession {
        let target = "/socket.io/?\(query)&transport=polling"
        let answer = try await HTTPExchange.run("GET", target, port: port, group: group)
        let words = answer.body.split(separator: "\"")
        guard answer.status == 200, words.count > 3, words[1] == "sid" else {
            throw HTTPExchange.NoAnswer(heard: Array(answer.body.utf8))
        }
        return PollingSession(greeting: answer.body, target: "\(target)&sid=\(words[3])", port: port, group: group)
    }

    func get() async throws -> HTTPExchange {
        try await HTTPExchange.run("GET", self.target, port: self.port, group: self.group)
    }

    func post(_ payload: String) async throws -> HTTPExchange {
        try await HTTPExchange.run("POST", self.target, body: payload, port: self.port, group: self.group)
    }
}
