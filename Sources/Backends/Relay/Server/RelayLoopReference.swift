import NIOCore

/// A ``RelayLoop`` as the other loops know it.
struct RelayLoopReference: Sendable {
    let loop: any EventLoop
    private let bound: NIOLoopBound<RelayLoop>

    /// To be called on the loop itself.
    init(_ relayLoop: RelayLoop) {
        self.loop = relayLoop.loop
        self.bound = NIOLoopBound(relayLoop, eventLoop: relayLoop.loop)
    }

    /// Runs something there: at once when called there, else in the order of the calls.
    @inline(__always)
    func run(_ body: @escaping @Sendable (RelayLoop) -> Void) {
        if self.loop.inEventLoop {
            body(self.bound.value)
        } else {
            self.loop.execute { body(self.bound.value) }
        }
    }

    /// Runs something there, never at once: after what the loop is in the middle of.
    func later(_ body: @escaping @Sendable (RelayLoop) -> Void) { self.loop.execute { body(self.bound.value) } }

    /// Ends what is there; see ``ServerLoop/end(within:)``.
    func end(within limit: TimeAmount) -> EventLoopFuture<Void> {
        self.loop.flatSubmit { self.bound.value.end(within: limit) }
    }

    /// Asks something there.
    func ask<R: Sendable>(_ body: @escaping @Sendable (RelayLoop) -> R) async throws -> R {
        try await self.loop.submit { body(self.bound.value) }.get()
    }
}
