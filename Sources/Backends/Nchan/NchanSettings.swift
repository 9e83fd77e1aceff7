import Signaling

/// The options of a room at nchan, read.
struct NchanSettings: Sendable {
    /// How a member hears its room.
    enum Read: String, CaseIterable, Sendable {
        case sse, longpoll

        var listening: HTTPListening { self == .sse ? .events : .polls }
    }

    /// How a message for one member travels.
    enum Layout: String, CaseIterable, Sendable {
        /// By the room's channel, as every other.
        case broadcast
        /// By a channel of the member's own, which it hears together with the room's.
        case inbox
    }

    let read: Read
    let layout: Layout
    let resumes: Bool
    let patience: Int64
    let joinGrace: Int64
    private let roomPath: String
    private let inboxPath: String

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.read = Read(rawValue: options.text("read") ?? "sse") ?? .sse
        self.layout = Layout(rawValue: options.text("layout") ?? "broadcast") ?? .broadcast
        self.resumes = try options.flag("resume", default: false)
        guard !self.resumes || self.read == .sse else {
            throw BackendError(code: .badValue, message: "resume: only read=sse has event ids to resume from")
        }
        let path = settings.url.pathAlone == "/" ? nil : settings.url.pathAlone
        self.roomPath = Self.folder(path ?? options.nonEmpty("path") ?? "/room/")
        self.inboxPath = Self.folder(options.nonEmpty("inboxPath") ?? "/multi/")
        self.patience = settings.connectTimeout
        self.joinGrace = settings.joinGrace
    }

    private static func folder(_ path: String) -> String {
        (path.hasPrefix("/") ? "" : "/") + path + (path.hasSuffix("/") ? "" : "/")
    }

    private static func word(_ name: [UInt8]) -> String { String(decoding: PlainName.of(name), as: UTF8.self) }

    /// Where a member listens.
    func readPath(_ room: [UInt8], _ member: [UInt8]) -> String {
        switch self.layout {
        case .broadcast: self.roomPath + Self.word(room)
        case .inbox: self.inboxPath + Self.word(room) + "/" + Self.word(member)
        }
    }

    /// Where messages are posted: for a room, or for one member of it.
    func postPath(_ room: [UInt8], _ peer: [UInt8]?) -> String {
        self.roomPath + Self.word(room) + (peer.map { "." + Self.word($0) } ?? "")
    }
}

extension NchanDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "nchan", wire: .other, family: .broker, title: "nginx with nchan",
            summary: "A channel of nginx's module nchan as a room: server-sent events or long polls, and POST.",
            schemes: ["http", "https"],
            options: [
                OptionInfo(
                    key: "read", defaultValue: "sse", values: NchanSettings.Read.allCases.map(\.rawValue),
                    summary: "how a member hears its room"),
                OptionInfo(
                    key: "layout", defaultValue: "broadcast", values: NchanSettings.Layout.allCases.map(\.rawValue),
                    summary: "one channel a room, or a further one for each member"),
                OptionInfo(
                    key: "resume", defaultValue: "false", values: ["false", "true"],
                    summary: "whether who comes back asks for what it missed, which the server has to keep"),
                OptionInfo(
                    key: "path", defaultValue: "/room/", summary: "path before the room, when the URL has none"),
                OptionInfo(
                    key: "inboxPath", defaultValue: "/multi/",
                    summary: "path before room and member, where both channels are heard"),
            ], embedded: false)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let options = try NchanSettings(settings)
        return Capabilities(
            selfEcho: true, directed: options.layout == .inbox ? .inbox : .broadcast, fromAuthority: .client,
            joinConfirmed: options.read != .longpoll, presenceLeave: .bye, order: .fifo, delivery: .atMostOnce,
            ack: .accepted, slowConsumer: .dropOldest, multipleRooms: false)
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        _ = try NchanSettings(settings)
        return .http(HTTPPlan())
    }
}
