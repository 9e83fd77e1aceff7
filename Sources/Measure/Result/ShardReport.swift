/// One process of a divided run, as `shards[]` of the merged report has it.
package struct ShardReport: Codable, Equatable, Sendable {
    /// From 0.
    package var index: Int
    package var host: String
    /// Whether its part is there, and its run came to its end.
    package var complete: Bool
    /// Agents and rooms that it played.
    package var agents: Int
    package var rooms: Int
    /// Event loops.
    package var loops: Int?
    /// T0 in ISO 8601, UTC, by its own clock.
    package var startedAt: String?
    /// How long after the planned T0 it began, in milliseconds.
    package var lateness: Double?
    /// What is to be added to its clock to have that of the shared folder's server, in milliseconds, and how far that may
    /// be wrong.
    package var clockOffset: Double?
    package var clockBound: Double?
    /// Mean cores that it used.
    package var generatorCPU: Double?
    /// Whether it was fit by itself.
    package var fit: Bool
    /// Why it was not, or what is known of one whose part is missing.
    package var reasons: [String]

    package init(
        index: Int, host: String, complete: Bool, agents: Int, rooms: Int, fit: Bool, reasons: [String]
    ) {
        self.index = index
        self.host = host
        self.complete = complete
        self.agents = agents
        self.rooms = rooms
        self.fit = fit
        self.reasons = reasons
    }
}
