import Backends
import Signaling
import Workload

// What the plan has agents do to themselves: faults that need neither the path nor the backend.
extension LoopCell {
    /// Enters the faults of the agents into the timer queue.
    ///
    /// - Parameter origin: T0.
    func scheduleFaults(at origin: Instant) {
        for (number, fault) in self.configuration.profile.faults.enumerated() where fault.kind.place == .agents {
            let start = origin + fault.at.nanoseconds
            self.schedule.add(.fault(number: Int32(number), isOver: false), at: start)
            if !fault.kind.isMoment {
                self.schedule.add(.fault(number: Int32(number), isOver: true), at: start + fault.span.nanoseconds)
            }
        }
    }

    /// A fault begins, or is over.
    func fault(_ number: Int32, isOver: Bool) {
        guard !self.isLeaving || isOver else { return }
        let fault = self.configuration.profile.faults[Int(number)]
        for agent in self.agents
        where fault.strikes(Int(agent.index), number: Int(number), seed: self.configuration.profile.seed) {
            switch fault.kind {
            case .vanish: if agent.session.isJoined { agent.connection?.drop() }
            case .reconnectAll:
                guard agent.session.isJoined, let connection = agent.connection else { break }
                agent.returnsAtOnce = true
                connection.close()
            case .slowReader:
                // A connection that came since then has always been read.
                if isOver { agent.connection?.resumeReads() } else { agent.connection?.pauseReads() }
            case .delay, .throttle, .stall, .cut, .reset, .refuse, .split, .glue, .kill, .stop, .restart, .cpu: break
            }
        }
        self.connections.flush()
    }
}
