import Glibc
package import NIOCore
package import Signaling

/// How long something takes, drawn anew each time.
package enum Delay: Sendable, Hashable, CustomStringConvertible {
    case fixed(TimeAmount)
    case uniform(TimeAmount, TimeAmount)
    /// With this mean.
    case exponential(TimeAmount)

    package static let none = Delay.fixed(.zero)

    package func draw(_ random: inout SplitMix64) -> TimeAmount {
        switch self {
        case .fixed(let time): return time
        case .uniform(let least, let most):
            let span = Double((most - least).nanoseconds)
            return least + .nanoseconds(Int64(random.unit() * span))
        case .exponential(let mean):
            return .nanoseconds(Int64(-Double(mean.nanoseconds) * log(1 - random.unit())))
        }
    }

    package var description: String {
        switch self {
        case .fixed(let time): "\(time.nanoseconds) ns"
        case .uniform(let least, let most): "\(least.nanoseconds)–\(most.nanoseconds) ns"
        case .exponential(let mean): "exponential, mean \(mean.nanoseconds) ns"
        }
    }
}

/// What reads of a connection are made of what was written to it.
package enum Chunking: Sendable, Hashable {
    /// One flush is one read, unless it is longer than a read.
    case whole
    /// Every flush is cut at so many random places at most.
    case split(Int)
    /// What arrives within a time is one read.
    case glue(TimeAmount)
}

/// The law of one link, the same both ways.
package struct LinkOptions: Sendable, Hashable {
    /// From one end to the other.
    package var delay = Delay.none
    /// Bytes a second; nil for no limit.
    package var bandwidth: Int?
    /// Bytes that a sender's kernel takes before the channel has to keep them.
    package var sendBuffer = 256 << 10
    /// Bytes that may be under way to a receiver, or wait for it to read.
    package var receiveBuffer = 256 << 10
    package var chunking = Chunking.whole
    /// Bytes of the longest read.
    package var readSize = 64 << 10

    package init(delay: Delay = .none) { self.delay = delay }
}

/// The two directions of a link.
package enum Way: Sendable, Hashable {
    case toServer
    case toClient
}

/// What can befall a link.
package enum LinkFault: Sendable, Hashable {
    /// Both ends read an end of stream.
    case cut
    /// Both ends get "connection reset by peer".
    case reset
    /// Nothing passes any more, and nothing closes.
    case halfOpen
    /// Nothing passes for a time; then all of it does.
    case freeze(Set<Way>, TimeAmount)
}
