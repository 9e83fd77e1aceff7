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

    package init(id: String, url: String, command: [String]?, declared: [String: String], pid: Int32? = nil) {
        self.id = id
        self.url = url
        self.command = command
        self.declared = declared
        self.pid = pid
    }
}
