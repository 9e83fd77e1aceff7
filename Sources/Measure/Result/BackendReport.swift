package import Signaling

/// The backend that a run was played against.
package struct BackendReport: Codable, Equatable, Sendable {
    package var id: String
    package var url: String
    /// What started it; absent when this run did not.
    package var command: [String]?
    /// Its capabilities as the dialect declares them.
    package var declared: [String: String]
    /// Its process, when it is known.
    package var pid: Int32?
    /// Connections that were opened to each remote address, a proxy's included; absent when there were none.
    package var addresses: [String: Int]?
    /// Events that came and that no setting names, by name; absent when there were none.
    package var unknownEvents: [String: UInt64]?

    /// The addresses with their counts, as a line; nil when there were none.
    package var addressLine: String? {
        self.addresses.map { all in
            all.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        }
    }

    /// The commonest of the unknown events, as a line; nil when there were none.
    package var unknownEventLine: String? {
        self.unknownEvents.map { all in
            var events = UnknownEvents()
            for (name, count) in all { events.add(name, count) }
            return events.line
        }
    }

    package init(
        id: String, url: String, command: [String]?, declared: [String: String], pid: Int32? = nil,
        addresses: [String: Int]? = nil, unknownEvents: UnknownEvents = UnknownEvents()
    ) {
        self.id = id
        self.url = url
        self.command = command
        self.declared = declared
        self.pid = pid
        self.addresses = addresses
        if !unknownEvents.isEmpty {
            self.unknownEvents = [:]
            for (name, count) in unknownEvents.counts {
                self.unknownEvents?[Cause.harmless(name), default: 0] += count
            }
        }
    }
}
