package import Backends
import Measure

/// What a backend says of itself, in the vocabulary of ``DeclarationSchema``.
package struct Declaration: Equatable, Sendable {
    /// A name for reports.
    package var backend: String
    package var version: String
    /// The dialect that it is reached by.
    package var adapter: String
    private var values: [String: DeclaredValue]

    package init(backend: String, version: String = "", adapter: String = "", values: [String: DeclaredValue] = [:]) {
        self.backend = backend
        self.version = version
        self.adapter = adapter
        self.values = values
    }

    /// The value of a capability; nil when it is unspecified.
    package subscript(key: String) -> DeclaredValue? {
        get { self.values[key] }
        set { self.values[key] = newValue }
    }

    package func flag(_ key: String) -> Bool? {
        guard case .flag(let value)? = self.values[key] else { return nil }
        return value
    }

    package func number(_ key: String) -> Int? {
        guard case .number(let value)? = self.values[key] else { return nil }
        return value
    }

    package func text(_ key: String) -> String? {
        guard case .text(let value)? = self.values[key] else { return nil }
        return value
    }

    package func list(_ key: String) -> [String] {
        guard case .list(let value)? = self.values[key] else { return [] }
        return value
    }

    /// Every specified capability, as reports print it.
    package var declared: [String: String] { self.values.mapValues(\.text) }

    /// This declaration, with what another one says instead where it says anything.
    package func overridden(by other: Declaration) -> Declaration {
        var result = self
        if !other.backend.isEmpty { result.backend = other.backend }
        if !other.version.isEmpty { result.version = other.version }
        result.values.merge(other.values) { $1 }
        return result
    }
}

extension Declaration {
    /// What we know of a backend of ours, or of any server of its dialect.
    ///
    /// It begins with what the dialect itself promises under these settings and adds what only matters here.
    ///
    /// - Parameters:
    ///   - settings: the backend's.
    ///   - isOurs: whether it is our embedded server, of which we know more.
    /// - Returns: the declaration.
    /// - Throws: ``BackendError`` when the settings make no sense.
    package static func builtin(_ settings: BackendSettings, isOurs: Bool) throws(BackendError) -> Declaration {
        let promised = try BackendCatalogue.capabilities(settings)
        var all = Declaration(backend: settings.id, adapter: settings.id)
        all["selfEcho"] = .flag(promised.selfEcho)
        all["identity.fromAuthority"] = .text(promised.fromAuthority.rawValue)
        all["directed"] = .text(promised.directed.rawValue)
        all["order"] = .text(promised.order.rawValue)
        all["delivery"] = .text(promised.delivery.rawValue)
        all["ack"] = .text(promised.ack.rawValue)
        all["presence.join"] = .flag(promised.presenceJoin)
        all["presence.leave"] = .text(promised.presenceLeave.rawValue)
        all["presence.detectMs"] = promised.detectMilliseconds.map(DeclaredValue.number)
        all["unknownTarget"] = promised.unknownTarget.map { .text($0.rawValue) }
        all["slowConsumer"] = .text(promised.slowConsumer.rawValue)
        all["room.multi"] = .flag(promised.multipleRooms)
        all["maxMessageBytes"] = promised.maxMessageBytes.map(DeclaredValue.number)
        all["oversize"] = promised.oversize.map { .text($0.rawValue) }
        all["heartbeat.by"] = promised.heartbeat.map { .text($0.by.rawValue) }
        all["heartbeat.intervalMs"] = promised.heartbeat.map { .number($0.intervalMs) }
        all["heartbeat.timeoutMs"] = promised.heartbeat.map { .number($0.timeoutMs) }
        all["handshakeTimeoutMs"] = promised.handshakeTimeoutMilliseconds.map(DeclaredValue.number)
        all["history"] = .text("none")
        all["payload"] = .text("json")
        all["resume.windowMs"] = .number(0)
        all["auth.required"] = .flag(false)
        all["identity.anonymous"] = .flag(true)
        all["will"] = .flag(false)
        all["wildcardSubscribe"] = .flag(false)
        all["room.normalisation"] = .text("none")
        // Limits and times are our server's; what another one has, nobody knows until its declaration says so.
        // A broker's are what its protocol says.
        let isBroker = BackendCatalogue.descriptor(for: settings.id)?.family == .broker
        if !isOurs, !isBroker {
            for key in [
                "maxMessageBytes", "oversize", "slowConsumer", "heartbeat.intervalMs", "heartbeat.timeoutMs",
                "handshakeTimeoutMs",
                "presence.detectMs", "room.multi", "unknownTarget",
            ] { all[key] = nil }
        }
        switch settings.wire {
        case .mqtt3, .mqtt5: all.addMQTT(settings)
        case .socketIO, .milkcocoa: all.addEngineIO(settings, isOurs: isOurs)
        case .relay, .other: all.addRelay(isOurs: isOurs)
        }
        // A broker names nobody.
        if isBroker { all["identity.assign"] = .text("client") }
        return all
    }

    private mutating func addRelay(isOurs: Bool) {
        self["identity.assign"] = .text("server")
        self["identity.stability"] = .text("connection")
        self["leave"] = .flag(true)
        self["transports"] = .list(["ws"])
        guard isOurs else { return }
        self["numbers"] = .text("verbatim")
        self["origin"] = .text("any")
        self["auth.acl"] = .text("none")
        self["durability"] = .text("none")
        self["limits.rooms"] = .number(ServerOptions().maxRooms)
        self["room.maxNameBytes"] = .number(ServerOptions().maxRoomNameBytes)
        self["room.emptyName"] = .text("reject")
        self["room.case"] = .text("sensitive")
    }

    private mutating func addEngineIO(_ settings: BackendSettings, isOurs: Bool) {
        self["identity.assign"] = .text("server")
        // The emulator's session cookie makes the account; a Socket.IO id is one connection's.
        self["identity.stability"] = .text(settings.wire == .milkcocoa ? "session" : "connection")
        // Our relay has an event for it; other people's have not.
        self["leave"] = .flag(settings.wire == .milkcocoa || isOurs)
        self["transports"] = .list(["ws", "polling"])
        guard isOurs else { return }
        self["origin"] = .text("any")
        self["auth.acl"] = .text("none")
        self["durability"] = .text("none")
        self["numbers"] = .text("verbatim")
        self["room.case"] = .text("sensitive")
    }

    private mutating func addMQTT(_ settings: BackendSettings) {
        let hasWill = settings.options["will"] != "none"
        self["identity.assign"] = .text("client")
        self["identity.stability"] = .text("connection")
        self["identity.duplicateId"] = .text("takeover")
        self["leave"] = .flag(true)
        self["numbers"] = .text("verbatim")
        self["will"] = .flag(hasWill)
        if let expiry = settings.options["sessionExpiry"].flatMap(OptionReader.nanoseconds) {
            self["resume.windowMs"] = .number(Int(expiry / 1_000_000))
        }
        self["wildcardSubscribe"] = .flag(true)
        self["room.escape"] = .flag(true)
        self["auth.acl"] = .text("none")
        self["durability"] = .text("none")
        self["transports"] = .list([settings.url.scheme.hasPrefix("ws") ? "ws" : "tcp"])
    }
}

/// The value of one declared capability.
package enum DeclaredValue: Equatable, Sendable {
    case flag(Bool)
    case number(Int)
    case text(String)
    case list([String])

    /// As it stands in reports.
    package var text: String {
        switch self {
        case .flag(let value): String(value)
        case .number(let value): String(value)
        case .text(let value): value
        case .list(let values): values.joined(separator: ",")
        }
    }
}

extension DeliveryRule {
    /// Whom a backend owes what, by its declaration; what is unspecified is taken for a broadcast without echo.
    init(_ declaration: Declaration) {
        let echoes = declaration.flag("selfEcho") ?? false
        switch declaration.text("directed") {
        case "routed": self.init(echoesRoom: echoes, echoesDirected: false, routesDirected: true)
        case "both": self.init(echoesRoom: echoes, echoesDirected: false, routesDirected: true, splitsStreams: true)
        default: self.init(echoesRoom: echoes, echoesDirected: echoes, routesDirected: false)
        }
    }
}
