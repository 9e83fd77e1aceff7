package import NIOCore

/// What a server's work costs: with it, the server's queue is a real one.
package struct ServiceLaw: Sendable, Hashable {
    package var cores: Int
    /// For each message that reaches the server: a data frame of a WebSocket, or the head of an HTTP message.
    package var perMessage: TimeAmount
    /// For each such message that leaves it.
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

        private var counter = MessageCounter()

        init(queue: ServiceQueue, cost: TimeAmount) {
            self.queue = queue
            self.cost = cost
        }

        /// Takes the messages that end with some bytes.
        ///
        /// - Returns: when the last of them is done; nil when none ends there.
        mutating func take(_ bytes: ByteBuffer, at time: NIODeadline) -> NIODeadline? {
            var done: NIODeadline?
            for _ in 0..<self.counter.take(bytes) { done = self.queue.take(self.cost, at: time) }
            return done
        }
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
