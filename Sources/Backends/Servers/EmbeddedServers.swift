package import NIOCore

/// The servers that we carry, by the id of their backend.
package enum EmbeddedServers {
    /// Starts a server.
    ///
    /// - Parameters:
    ///   - id: the backend, such as `relay-routed`.
    ///   - host: the address to listen at.
    ///   - port: the port to listen at; 0 picks a free one.
    ///   - options: how it is to behave.
    ///   - group: the event loops to run on, all of which are used; ``ServerOptions/loops`` says how many to make.
    /// - Returns: the server, which listens already.
    /// - Throws: ``ServerError``.
    package static func start(
        id: String, host: String, port: Int, options: ServerOptions, group: any EventLoopGroup
    ) async throws -> RunningServer {
        if id == "baas" {
            return try await EngineIOServer.start(host: host, port: port, options: options, group: group) {
                try BaasEmulator(hub: $0)
            }
        }
        if id == "socketio" {
            return try await EngineIOServer.start(host: host, port: port, options: options, group: group) {
                SocketIORelay(hub: $0)
            }
        }
        guard let mode = RelayMode(rawValue: id) else {
            let able = BackendCatalogue.all.filter(\.embedded).map(\.id)
            throw ServerError(
                code: .notEmbedded,
                message: "no server is embedded for '\(id)'; for \(able.joined(separator: ", ")) there is")
        }
        return try await RelayServer.start(mode, host: host, port: port, options: options, group: group)
    }
}
