import Signaling

/// The options of a Socket.IO backend, read.
struct SocketIOSettings: Sendable {
    let version: EngineIOPlan.Version
    let transport: EngineIOPlan.Transport
    let path: String
    /// Event that asks to be let into a room, with the room's name.
    let join: String
    /// Event that carries a signal, both ways.
    let message: String
    /// Event that carries a signal for one member, where the server has its own for that; empty where it has not.
    let direct: String
    /// Event that tells who left.
    let left: String
    /// Field of a signal that the server routes by.
    let to: String
    /// Field of a signal that the server writes the sender's id into.
    let from: String

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.version = try options.integer("engine", default: 4, in: 3...4) == 3 ? .v3 : .v4
        self.transport = options.text("transport") == "polling" ? .upgrade : .webSocket
        let path = options.text("path") ?? "/socket.io/"
        self.path = path.hasPrefix("/") ? path : "/" + path
        self.join = options.text("events.join") ?? "enter"
        self.message = options.text("events.message") ?? "message"
        self.direct = options.text("events.direct") ?? ""
        self.left = options.text("events.left") ?? "user disconnected"
        self.to = options.text("fields.to") ?? "sendto"
        self.from = options.text("fields.from") ?? "from"
    }

    /// `2["<event>",`, with an acknowledgement id where one is wanted.
    static func head(of event: String, id: Int? = nil) -> [UInt8] {
        var out = Array("2\(id.map(String.init) ?? "")[\"".utf8)
        JSONText.appendEscaped(Array(event.utf8), to: &out)
        return out + Array("\",".utf8)
    }
}
