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

    /// The addresses with their counts, as a line; nil when there were none.
    package var addressLine: String? {
        self.addresses.map { all in
            all.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        }
    }

    package init(
        id: String, url: String, command: [String]?, declared: [String: String], pid: Int32? = nil,
        addresses: [String: Int]? = nil
    ) {
        self.id = id
        self.url = url
        self.command = command
        self.declared = declared
        self.pid = pid
        self.addresses = addresses
    }
}
