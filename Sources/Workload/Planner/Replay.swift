/// When the members of a room arrive and call as the peers of a recording did.
struct Replay {
    private let mesh: RecordedMesh
    private let earliest: Int64
    /// From the first arrival in a room to what was the recording's first message.
    private let start: Int64

    init(_ mesh: RecordedMesh) {
        self.mesh = mesh
        self.earliest = mesh.arrivals.min() ?? 0
        // A recording that does not say when its peers came had them all there before.
        self.start = self.earliest < 0 ? -self.earliest : Planner.settleMargin
    }

    /// The arrivals of all agents: each room begins when the first of its members was to come.
    ///
    /// - Parameters:
    ///   - drawn: by agent, as the profile's `arrival` has them.
    ///   - members: agents by slot, for each room.
    /// - Returns: by agent.
    func arrivals(_ drawn: [Int64], members: [[Int]]) -> [Int64] {
        var arrivals = drawn
        for agents in members {
            let first = agents.map { drawn[$0] }.min() ?? 0
            for (slot, agent) in agents.enumerated() {
                arrivals[agent] = first + self.mesh.arrivals[slot % self.mesh.peers.count] - self.earliest
            }
        }
        return arrivals
    }

    /// When a member calls; nil where its model was only called.
    func call(_ slot: Int, in agents: [Int], arrivals: [Int64]) -> Int64? {
        let first = agents.map { arrivals[$0] }.min() ?? 0
        return self.mesh.calls[slot % self.mesh.peers.count].map { first + self.start + $0 }
    }

    /// From the first arrival in a room to the last call or arrival, in seconds.
    var seconds: Double {
        let last = max(self.mesh.calls.compactMap { $0 }.max() ?? 0, self.mesh.arrivals.max() ?? 0)
        return Double(self.start + last) / 1e9
    }
}

extension Profile {
    /// What `calls: {when: recorded}` goes by: the file of the bodies or of the times, or the recording of the program.
    var replay: Replay? {
        self.calls.when == .recorded ? Replay(self.signaling.recording?.mesh ?? .chromium) : nil
    }
}
