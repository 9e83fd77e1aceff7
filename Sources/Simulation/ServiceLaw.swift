package import NIOCore

/// What a server's work costs: with it, the server's queue is a real one.
package struct ServiceLaw: Sendable, Hashable {
    package var cores: Int
    /// For each read that reaches the server.
    package var perMessage: TimeAmount
    /// For each write that leaves it.
    package var perDelivery: TimeAmount

    package init(cores: Int = 1, perMessage: TimeAmount, perDelivery: TimeAmount) {
        self.cores = cores
        self.perMessage = perMessage
        self.perDelivery = perDelivery
    }
}

/// The cores of a server: each piece of work goes to the one that is free first.
final class ServiceQueue {
    /// One kind of work at its cost.
    struct Work {
        let queue: ServiceQueue
        let cost: TimeAmount

        /// Takes one piece of work that is there at a time.
        ///
        /// - Returns: when it is done.
        func take(at time: NIODeadline) -> NIODeadline { self.queue.take(self.cost, at: time) }
    }

    private let law: ServiceLaw
    private var freeAt: [NIODeadline]

    init(_ law: ServiceLaw, loop: VirtualLoop) {
        self.law = law
        self.freeAt = Array(repeating: loop.now, count: max(1, law.cores))
    }

    var messages: Work { Work(queue: self, cost: self.law.perMessage) }
    var deliveries: Work { Work(queue: self, cost: self.law.perDelivery) }

    private func take(_ cost: TimeAmount, at time: NIODeadline) -> NIODeadline {
        var core = 0
        for other in self.freeAt.indices where self.freeAt[other] < self.freeAt[core] { core = other }
        self.freeAt[core] = max(self.freeAt[core], time) + cost
        return self.freeAt[core]
    }
}
