import Backends
import Measure
package import NIOCore
import Signaling
import Workload

/// One loop of a fleet without sockets: the real connections, dialects, ledger and histograms on channels that the caller
/// made, so that the cost of a delivery can be counted by the instruction.
package final class ReceiveProbe {
    private let cell: LoopCell

    /// - Parameters:
    ///   - loop: the loop that all calls are made on.
    ///   - configuration: of one loop; its plan's first room is used.
    /// - Throws: ``BackendError`` for settings that make no sense.
    package init(loop: any EventLoop, configuration: CellConfiguration) throws {
        self.cell = try LoopCell(
            loop: loop, number: 0, configuration: configuration, endpoint: try Endpoint(configuration.settings))
        self.cell.window = RunWindow(origin: self.cell.now, steady: 0..<Int64.max)
    }

    private func agent(_ slot: Int) -> Agent { self.cell.agents[Int(self.cell.rooms[0].members[slot])] }

    /// The handler of a member of the first room, as a dial would install it.
    package func handler(of slot: Int) throws -> any ChannelHandler {
        let agent = self.agent(slot)
        let session = self.cell.configuration.plan.agents[Int(agent.index)].sessions.lowerBound
        _ = agent.session.arrive(Int32(session), hasTicket: true, at: self.cell.now)
        let (connection, handler) = try self.cell.connections.connection(overChannelFor: agent)
        agent.replace(connection)
        return handler
    }

    /// Lets the deadlines of a member's dialect pass that have come.
    package func passDeadlines(of slot: Int) { self.agent(slot).connection?.passDeadlines() }

    /// Makes a member send one candidate to another; the bytes appear on its channel.
    package func sendCandidate(from slot: Int, to target: Int) {
        let agent = self.agent(slot)
        self.cell.body.removeAll(keepingCapacity: true)
        let digest = self.cell.configuration.pool.candidate(
            agent: Int(agent.index), peer: Int(self.agent(target).index), generation: 1, role: .offerer, index: 0,
            into: &self.cell.body)
        self.cell.send(.candidate, from: agent, to: Int32(target), due: self.cell.now, digest: digest)
        self.cell.connections.flush()
    }

    /// Receipts so far that the filter dropped.
    package var overheard: UInt64 { self.cell.samples.signaling.overheard }

    /// Stops the timers.
    package func stop() {
        self.cell.schedule.stop()
        self.cell.dissolve()
    }
}
