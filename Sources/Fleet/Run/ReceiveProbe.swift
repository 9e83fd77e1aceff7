import Backends
import Measure
package import NIOCore
import Signaling
import Workload

/// One loop of a fleet without sockets: the real handlers, dialects, ledger and histograms on channels that the caller
/// made, so that the cost of a delivery can be counted by the instruction.
package final class ReceiveProbe {
    private let cell: LoopCell

    /// - Parameters:
    ///   - loop: the loop that all calls are made on.
    ///   - configuration: of one loop; its plan's first room is used.
    /// - Throws: ``BackendError`` for settings that make no sense.
    package init(loop: any EventLoop, configuration: CellConfiguration) throws {
        self.cell = LoopCell(
            loop: loop, number: 0, configuration: configuration, endpoint: try Endpoint(configuration.settings))
        self.cell.origin = self.cell.now
        self.cell.steady = 0..<Int64.max
    }

    /// The handler of a member of the first room, as a dial would install it.
    package func handler(of slot: Int) -> any ChannelInboundHandler {
        let agent = self.cell.agents[Int(self.cell.rooms[0].members[slot])]
        agent.session = Int32(self.cell.configuration.plan.agents[Int(agent.index)].sessions.lowerBound)
        agent.connection = 1
        agent.phase = .dialing
        agent.dialect = try? BackendSwitch(self.cell.configuration.settings, ticket: .none)
        return AgentHandler(cell: self.cell, agent: agent)
    }

    /// Lets the deadlines of a member's dialect pass that have come.
    package func passDeadlines(of slot: Int) {
        let agent = self.cell.agents[Int(self.cell.rooms[0].members[slot])]
        self.cell.dialectDeadline(agent, agent.connection)
        self.cell.endTick()
    }

    /// Makes a member send one candidate to another; the bytes appear on its channel.
    package func sendCandidate(from slot: Int, to target: Int) {
        let room = self.cell.rooms[0]
        let agent = self.cell.agents[Int(room.members[slot])]
        let peer = self.cell.agents[Int(room.members[target])]
        self.cell.body.removeAll(keepingCapacity: true)
        let digest = self.cell.configuration.pool.candidate(
            agent: Int(agent.index), peer: Int(peer.index), generation: 1, role: .offerer, index: 0,
            into: &self.cell.body)
        self.cell.send(.candidate, from: agent, to: Int32(target), due: self.cell.now, digest: digest)
        self.cell.endTick()
    }

    /// Receipts so far that the filter dropped.
    package var overheard: UInt64 { self.cell.samples.signaling.overheard }

    /// Stops the timers.
    package func stop() { self.cell.stopTimers() }
}
