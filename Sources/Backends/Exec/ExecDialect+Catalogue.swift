import Signaling

extension ExecDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "exec", title: "Adapter program",
            summary: "Any protocol, by a program of yours that speaks JSON lines: exec:./adapter.py.",
            schemes: [BackendURL.commandScheme], options: Self.options, embedded: false)
    ]

    private static let options = [
        OptionInfo(
            key: "agentsPerProcess", defaultValue: "0",
            summary: "agents that share one process of the adapter; 0 for all of an event loop")
    ]

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        .pipe(
            PipePlan(
                command: settings.url.command ?? "exit 1",
                agentsPerProcess: try OptionReader(settings.options).integer(
                    "agentsPerProcess", default: 0, in: 0...1_000_000)))
    }

    /// What the adapter says of its backend in its greeting; it is started for that, once.
    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        _ = try self.carrier(settings)
        guard let command = settings.url.command else { return ExecCapabilities.usual }
        return try AdapterProbe.capabilities(of: command, timeout: settings.connectTimeout)
    }
}

/// Reads the capabilities that an adapter declares, in the vocabulary of every report.
enum ExecCapabilities {
    /// What holds where the adapter says nothing: the least that a room needs.
    static let usual = Capabilities(
        selfEcho: false, directed: .broadcast, fromAuthority: .client, joinConfirmed: true, presenceLeave: .bye,
        order: .fifo, delivery: .atMostOnce, slowConsumer: .disconnect, multipleRooms: false)

    private static let keys = [
        "selfEcho", "directed", "identity.fromAuthority", "join.confirmed", "presence.join", "presence.leave", "order",
        "delivery", "ack", "unknownTarget", "slowConsumer", "maxMessageBytes", "room.multi",
    ]

    /// - Parameter text: a JSON object whose keys are those of `backend.declared` in a report.
    /// - Returns: what it declares, and the usual for the rest.
    /// - Throws: ``BackendError`` that names the first key or value that means nothing.
    static func read(_ text: String) throws(BackendError) -> Capabilities {
        var all = self.usual
        for (key, value) in try PairList.parse("capabilities", text) {
            func bad() -> BackendError {
                BackendError(
                    code: .badProgram, message: "the adapter declares \(key): '\(value)', which means nothing",
                    suggestion: self.keys.contains(key) ? nil : Spelling.nearest(to: key, among: self.keys))
            }
            func flag() throws(BackendError) -> Bool {
                guard let flag = ["true": true, "false": false][value] else { throw bad() }
                return flag
            }
            func one<T: RawRepresentable<String>>(_ type: T.Type) throws(BackendError) -> T {
                guard let found = T(rawValue: value) else { throw bad() }
                return found
            }
            switch key {
            case "selfEcho": all.selfEcho = try flag()
            case "directed": all.directed = try one(Capabilities.Directed.self)
            case "identity.fromAuthority": all.fromAuthority = try one(Capabilities.Authority.self)
            case "join.confirmed": all.joinConfirmed = try flag()
            case "presence.join": all.presenceJoin = try flag()
            case "presence.leave": all.presenceLeave = try one(Capabilities.Departure.self)
            case "order": all.order = try one(Capabilities.Order.self)
            case "delivery": all.delivery = try one(Capabilities.Delivery.self)
            case "ack": all.ack = try one(Capabilities.Acknowledgement.self)
            case "unknownTarget": all.unknownTarget = try one(Capabilities.UnknownTarget.self)
            case "slowConsumer": all.slowConsumer = try one(Capabilities.SlowConsumer.self)
            case "maxMessageBytes":
                guard let bytes = Int(value), bytes > 0 else { throw bad() }
                all.maxMessageBytes = bytes
            case "room.multi": all.multipleRooms = try flag()
            default: throw bad()
            }
        }
        return all
    }
}
