package import NIOCore

/// What every embedded server can be asked, whatever it speaks.
protocol EmbeddedServer: Sendable {
    /// What it has done so far, over all loops.
    func counters() async -> ServerCounters

    /// Stops accepting, says goodbye to everybody, waits for them to go, and drops who does not.
    func shutdown() async
}

/// An embedded server on one event loop, without a listener: connected channels are handed to it.
///
/// The listening servers are made of these, and a simulation uses them as they are. Confined to its loop.
package protocol ServerLoop: AnyObject {
    var loop: any EventLoop { get }

    /// What it has done so far.
    var counters: ServerCounters { get }

    /// Whether every connection is gone.
    var isEmpty: Bool { get }

    /// Fills the pipeline of a new connection; called before it reads anything.
    func accept(_ channel: any Channel) throws

    /// Says goodbye to everybody and lets nobody in.
    func drain()

    /// Drops whoever is left and stops its timers.
    func abandon()
}

extension ServerLoop {
    /// Ends it: says goodbye, waits for everybody to go, and drops who does not.
    ///
    /// - Parameter limit: time that the wait may take.
    /// - Returns: when nobody is left.
    package func end(within limit: TimeAmount) -> EventLoopFuture<Void> {
        let deadline = self.loop.now + limit
        let done = self.loop.makePromise(of: Void.self)
        self.drain()
        let server: any ServerLoop = self
        let bound = NIOLoopBound(server, eventLoop: self.loop)
        self.loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(10)) { task in
            let server = bound.value
            guard server.isEmpty || server.loop.now >= deadline else { return }
            task.cancel()
            server.abandon()
            done.succeed()
        }
        return done.futureResult
    }
}
