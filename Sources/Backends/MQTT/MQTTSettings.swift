/// The options of an MQTT backend, read.
struct MQTTSettings: Sendable {
    /// What tells the others that a member vanished.
    enum Will: String, CaseIterable, Sendable {
        /// The broker publishes a `bye` on the member's behalf.
        case bye
        case none
    }

    /// Whether members leave a retained sign of their presence.
    enum Presence: String, CaseIterable, Sendable {
        case none
        case retained
    }

    let version: MQTTVersion
    let layout: MQTTLayout
    let qos: MQTTQoS
    let app: String
    let noLocal: Bool
    let will: Will
    let willDelay: Int64
    let presence: Presence
    /// A fixed client identifier; nil for one of each session's own.
    let clientID: String?
    private let user: String?
    private let password: String?
    private let keepAlive: Int64
    private let sessionExpiry: Int64
    private let receiveMaximum: Int
    private let ackTimeout: Int64
    private let patience: Int64

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.version = settings.id == "mqtt5" ? .v5 : .v311
        self.layout = MQTTLayout(rawValue: options.text("layout") ?? "broadcast") ?? .broadcast
        self.qos = MQTTQoS(rawValue: UInt8(try options.integer("qos", default: 0, in: 0...2))) ?? .atMostOnce
        self.app = options.text("app") ?? "signalbench"
        self.noLocal = try options.flag("noLocal", default: false) && settings.id == "mqtt5"
        self.will = Will(rawValue: options.text("will") ?? "bye") ?? .bye
        self.willDelay = try options.duration("willDelay", default: 0)
        self.presence = Presence(rawValue: options.text("presence") ?? "none") ?? .none
        self.clientID = options.text("clientID").flatMap { $0.isEmpty ? nil : $0 }
        self.user = options.text("user").flatMap { $0.isEmpty ? nil : $0 }
        self.password = options.text("password").flatMap { $0.isEmpty ? nil : $0 }
        self.keepAlive = try options.duration("keepAlive", default: 60_000_000_000)
        self.sessionExpiry = try options.duration("sessionExpiry", default: 0)
        self.receiveMaximum = try options.integer("receiveMaximum", default: 65_535, in: 1...65_535)
        self.ackTimeout = try options.duration("ackTimeout", default: 30_000_000_000)
        self.patience = settings.connectTimeout
    }

    /// Keep-alive in milliseconds.
    var keepAliveMilliseconds: Int { Int(self.keepAlive / 1_000_000) }

    /// What the session of a member is to be like.
    ///
    /// - Parameters:
    ///   - member: its client identifier.
    ///   - topics: of its room.
    /// - Returns: the options of the session.
    func session(of member: [UInt8], in topics: MQTTTopics) -> MQTTSessionOptions {
        var options = MQTTSessionOptions(version: self.version, clientID: member)
        options.keepAlive = UInt16(clamping: self.keepAlive / 1_000_000_000)
        options.sessionExpiry = UInt32(clamping: self.sessionExpiry / 1_000_000_000)
        options.userName = self.user.map { Array($0.utf8) }
        options.password = self.password.map { Array($0.utf8) }
        options.receiveMaximum = UInt16(clamping: self.receiveMaximum)
        options.patience = self.patience
        options.ackPatience = self.ackTimeout > 0 ? self.ackTimeout : nil
        options.will = self.message(of: member, in: topics)
        return options
    }

    /// The will of a member: an empty retained presence, or a `bye` that says it is one.
    private func message(of member: [UInt8], in topics: MQTTTopics) -> MQTTWill? {
        var will: MQTTWill
        switch (self.presence, self.will) {
        case (.retained, _):
            will = MQTTWill(topic: topics.presence + MQTTTopicName.escaped(member), payload: [])
            will.isRetained = true
        case (.none, .bye):
            will = MQTTWill(topic: topics.room, payload: MQTTDialect.bye(of: member, layout: self.layout))
        case (.none, .none): return nil
        }
        will.qos = self.qos
        if self.willDelay > 0, self.version == .v5 {
            will.properties.append(.willDelayInterval, UInt32(clamping: self.willDelay / 1_000_000_000))
        }
        return will
    }
}
