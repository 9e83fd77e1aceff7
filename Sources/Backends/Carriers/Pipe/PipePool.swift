import NIOCore
import Signaling

/// The child processes of one event loop; confined to it.
final class PipePool {
    private let endpoint: Endpoint
    private let loop: any EventLoop
    private var processes: [PipeProcess] = []
    private var lastFailure: (error: DialError, at: Instant)?
    /// Nanoseconds for which a process that failed is not tried again.
    private static let pause: Int64 = 1_000_000_000
    /// Called at the end of each read of a process.
    var atEndOfRead: (() -> Void)?

    init(_ endpoint: Endpoint, on loop: any EventLoop) {
        self.endpoint = endpoint
        self.loop = loop
    }

    private var now: Instant { Instant(nanoseconds: Int64(self.loop.now.uptimeNanoseconds)) }

    /// Gives a connection its share of a process, which is started where there is none; never within the call.
    func open(_ connection: Connection, _ plan: PipePlan) {
        let bound = NIOLoopBound((self, connection), eventLoop: self.loop)
        self.loop.execute {
            let (pool, connection) = bound.value
            guard !connection.hasEnded else { return }
            do throws(DialError) {
                try pool.process(plan).add(connection)
            } catch {
                connection.failed(error)
            }
        }
    }

    private func process(_ plan: PipePlan) throws(DialError) -> PipeProcess {
        let limit = plan.agentsPerProcess == 0 ? Int.max : plan.agentsPerProcess
        if let free = self.processes.first(where: { $0.isUsable && $0.count < limit }) { return free }
        // Thousands of agents would start a broken adapter thousands of times.
        if let (error, at) = self.lastFailure, self.now - at < Self.pause { throw error }
        let program = try self.endpoint.network.spawn(plan.command)
        let process = PipeProcess(
            program, plan, on: self.loop, patience: self.endpoint.settings.connectTimeout, pool: self)
        self.processes.append(process)
        process.start()
        return process
    }

    /// A process is gone.
    func ended(_ process: PipeProcess, _ error: DialError?) {
        self.processes.removeAll { $0 === process }
        if let error { self.lastFailure = (error, self.now) }
    }

    /// What the adapters took for an answer to a ping, in words; nil where there is none yet.
    var floor: String? { self.processes.lazy.compactMap(\.floor).first }
}

@available(*, unavailable)
extension PipePool: Sendable {}
