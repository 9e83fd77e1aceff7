import Signaling

/// Reads the capabilities that an adapter or a mapping declares, in the vocabulary of every report.
enum DeclaredCapabilities {
    /// What holds where nothing is said: the least that a room needs.
    static let usual = Capabilities(
        selfEcho: false, directed: .broadcast, fromAuthority: .client, joinConfirmed: true, presenceLeave: .bye,
        order: .fifo, delivery: .atMostOnce, slowConsumer: .disconnect, multipleRooms: false)

    private static let keys = [
        "selfEcho", "directed", "identity.fromAuthority", "join.confirmed", "presence.join", "presence.leave", "order",
        "delivery", "ack", "unknownTarget", "slowConsumer", "maxMessageBytes", "room.multi",
    ]

    /// Reads names, which are those of `backend.declared` in a report, and values.
    ///
    /// - Throws: ``BackendError`` that names the first name or value that means nothing.
    static func read(_ pairs: [(name: String, value: String)]) throws(BackendError) -> Capabilities {
        var all = self.usual
        for (key, value) in pairs {
            func bad() -> BackendError {
                BackendError(
                    code: .badValue, message: "\(key): '\(value)' is nothing that can be declared",
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
