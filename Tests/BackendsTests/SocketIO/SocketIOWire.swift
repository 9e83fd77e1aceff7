import Backends
import NIOCore

extension WireClient {
    /// Connects to the room relay by WebSocket, and to the default namespace.
    ///
    /// - Returns: the client and its id.
    static func socketIO(_ url: String, group: any EventLoopGroup) async throws -> (client: WireClient, id: String) {
        let client = try await WireClient.connect(url, id: "socketio", group: group)
        let open = try await client.text()
        guard open.hasPrefix(#"0{"sid":""#) else { throw Unexpected(event: .text(open)) }
        try await client.send("40")
        let connected = try await client.text()
        let prefix = #"40{"sid":""#
        guard connected.hasPrefix(prefix) else { throw Unexpected(event: .text(connected)) }
        return (client, String(connected.dropFirst(prefix.count).dropLast(2)))
    }

    /// The same, and a member of a room.
    static func socketIO(
        _ url: String, in room: String, group: any EventLoopGroup
    ) async throws -> (client: WireClient, id: String) {
        let made = try await self.socketIO(url, group: group)
        try await made.client.send(#"420["enter","\#(room)"]"#)
        let answer = try await made.client.text()
        guard answer == "430[true]" else { throw Unexpected(event: .text(answer)) }
        return made
    }

    /// Asks for an acknowledgement under the id 1; everything else before it fails the test.
    func ask(_ event: String) async throws -> String {
        try await self.send("421\(event)")
        return try await self.text()
    }
}
