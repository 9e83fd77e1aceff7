import Signaling

/// The options of a PocketBase, read.
struct PocketBaseSettings: Sendable {
    /// Which records the server sends to a member.
    enum Filter: String, CaseIterable, Sendable {
        /// All of the collection: each member drops those of other rooms and for other members.
        case none
        /// Those of its room.
        case room
        /// Those of its room that are for all, or for itself.
        case member
    }

    let filter: Filter
    let collection: String
    let patience: Int64

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.filter = Filter(rawValue: options.text("filter") ?? "room") ?? .room
        self.collection = options.nonEmpty("collection") ?? "signals"
        self.patience = settings.connectTimeout
        guard self.collection.utf8.allSatisfy({ PlainName.of([$0]) == [$0] || $0 == UInt8(ascii: "_") }) else {
            throw BackendError(code: .badValue, message: "collection: write letters, digits, _ and -")
        }
    }

    /// Where records are created.
    var recordsPath: String { "/api/collections/\(self.collection)/records" }

    /// What a member of a room subscribes to; the names are of ``PlainName``, so that no quote can end them.
    func subscription(_ room: String, _ member: String) -> String {
        let filter: String
        switch self.filter {
        case .none: return "\(self.collection)/*"
        case .room: filter = "room='\(room)'"
        case .member: filter = "room='\(room)' && (sendto='' || sendto='\(member)')"
        }
        return "\(self.collection)/*?options=" + PercentEncoding.encoded(#"{"query":{"filter":"\#(filter)"}}"#)
    }
}

extension PocketBaseDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "pocketbase", wire: .other, family: .service, title: "PocketBase",
            summary: "Records of a collection as signals: POST, and server-sent events of what was created.",
            schemes: ["http", "https"],
            options: [
                OptionInfo(
                    key: "filter", defaultValue: "room", values: PocketBaseSettings.Filter.allCases.map(\.rawValue),
                    summary: "which records the server sends: all, the room's, or the room's that are for the member"),
                OptionInfo(key: "collection", defaultValue: "signals", summary: "the collection's name"),
            ], embedded: false)
    ]

    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        let isRouted = try PocketBaseSettings(settings).filter == .member
        return Capabilities(
            selfEcho: true, directed: isRouted ? .routed : .broadcast, fromAuthority: .client, joinConfirmed: true,
            presenceLeave: .bye, order: .fifo, delivery: .atMostOnce, ack: .accepted,
            unknownTarget: isRouted ? .drop : nil, slowConsumer: .block, multipleRooms: false)
    }

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        _ = try PocketBaseSettings(settings)
        return .http(HTTPPlan())
    }
}
