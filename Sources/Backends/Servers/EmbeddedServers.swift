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
        switch try self.kind(id).core {
        case .relay(let mode):
            try await RelayServer.start(mode, host: host, port: port, options: options, group: group)
        case .engineIO(let application):
            try await EngineIOServer.start(
                host: host, port: port, options: options, group: group, application: application)
        }
    }

    /// Makes a server that listens nowhere.
    ///
    /// - Parameters:
    ///   - id: the backend, such as `relay-routed`.
    ///   - options: how it is to behave.
    ///   - loop: where it runs; the caller is on it.
    /// - Returns: the server, whose timers run already.
    /// - Throws: ``ServerError``.
    package static func make(id: String, options: ServerOptions, on loop: any EventLoop) throws -> any ServerLoop {
        switch try self.kind(id).core {
        case .relay(let mode):
            let relay = RelayLoop(
                mode: mode, options: options, tls: try ServerTLS.context(options), number: 0, loop: loop)
            relay.meet([RelayLoopReference(relay)])
            return relay
        case .engineIO(let application):
            let hub = EngineIOHub(options: options, tls: try ServerTLS.context(options), loop: loop)
            hub.start(try application(hub))
            return hub
        }
    }

    private static func kind(_ id: String) throws -> EmbeddedServerKind {
        if let kind = (try? BackendCatalogue.row(id))?.server(id) { return kind }
        let able = BackendCatalogue.all.filter(\.embedded).map(\.id)
        throw ServerError(
            code: .notEmbedded,
            message: "no server is embedded for '\(id)'; for \(able.joined(separator: ", ")) there is")
    }
}

/// What a dialect says of the server that we carry for it.
package struct EmbeddedServerKind: Sendable {
    enum Core: Sendable {
        case relay(RelayMode)
        case engineIO(@Sendable (EngineIOHub) throws -> any EngineIOApplication)
    }

    let core: Core

    static func relay(_ mode: RelayMode) -> Self { Self(core: .relay(mode)) }

    static func engineIO(_ application: @escaping @Sendable (EngineIOHub) throws -> any EngineIOApplication) -> Self {
        Self(core: .engineIO(application))
    }
}
