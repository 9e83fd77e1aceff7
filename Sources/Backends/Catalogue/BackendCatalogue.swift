import Signaling

/// The backends there are.
package enum BackendCatalogue {
    /// A row for each dialect; to add a backend, add its folder and its row.
    private static let rows = [
        BackendRow(RelayDialect.self), BackendRow(MQTTDialect.self), BackendRow(BaasDialect.self),
        BackendRow(SocketIODialect.self), BackendRow(ExecDialect.self), BackendRow(JSONDialect.self),
        BackendRow(NATSDialect.self), BackendRow(RedisDialect.self), BackendRow(PhoenixDialect.self),
        BackendRow(STOMPDialect.self), BackendRow(NchanDialect.self), BackendRow(ActionCableDialect.self),
        BackendRow(PeerJSDialect.self), BackendRow(XMPPDialect.self), BackendRow(PocketBaseDialect.self),
    ]

    /// Every backend, in the order in which it is listed.
    package static let all: [BackendDescriptor] = Self.rows.flatMap(\.descriptors)

    /// The backend of that id.
    package static func descriptor(for id: String) -> BackendDescriptor? { self.all.first { $0.id == id } }

    /// The backends with which something is spoken.
    package static func all(speaking wire: BackendDescriptor.WireProtocol) -> [BackendDescriptor] {
        self.all.filter { $0.wire == wire }
    }

    /// Whether two ids reach servers by the same dialect, so that one server may serve both.
    package static func areOfOneDialect(_ a: String, _ b: String) -> Bool {
        self.rows.contains { row in
            let ids = row.descriptors.map(\.id)
            return ids.contains(a) && ids.contains(b)
        }
    }

    /// What these settings promise.
    ///
    /// - Throws: ``BackendError`` for an unknown id or an option that makes no sense.
    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        try self.row(settings.id).capabilities(settings)
    }

    /// How these settings' bytes travel.
    ///
    /// - Throws: ``BackendError`` for an unknown id or an option that makes no sense.
    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        try self.row(settings.id).carrier(settings)
    }

    /// The error for an id that no backend has.
    package static func unknown(_ id: String) -> BackendError {
        let ids = self.all.map(\.id)
        return BackendError(
            code: .unknownBackend,
            message: "there is no backend '\(id)'; there are \(ids.joined(separator: ", "))",
            suggestion: Spelling.nearest(to: id, among: ids))
    }

    /// The row of the dialect that reaches that backend.
    ///
    /// - Throws: ``BackendError`` for an unknown id.
    static func row(_ id: String) throws(BackendError) -> BackendRow {
        for row in self.rows where row.descriptors.contains(where: { $0.id == id }) { return row }
        throw self.unknown(id)
    }
}
