/// The options of the BaaS, read.
struct BaasSettings: Sendable {
    /// How a signal is sent.
    enum Verb: String, CaseIterable, Sendable {
        /// Stored and told, as the seed does.
        case push
        /// Told only.
        case send
    }

    let verb: Verb
    /// A first segment of every path; empty for the seed's own paths.
    let app: String
    let transport: EngineIOPlan.Transport

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.verb = Verb(rawValue: options.text("verb") ?? "push") ?? .push
        self.app = options.text("app") ?? ""
        self.transport = options.text("transport") == "polling" ? .upgrade : .webSocket
    }

    /// The store of a room.
    func path(of room: String) -> [UInt8] {
        let path = BaasPath.ofRoom(Array(room.utf8))
        return self.app.isEmpty ? path : Array(self.app.utf8) + [UInt8(ascii: "/")] + path
    }
}
