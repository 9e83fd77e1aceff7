import NIOCore
package import NIOPosix

/// Follows a broker's own counters through a run, over a connection of its own.
package struct BrokerCounters: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<BrokerCounterHandler>

    /// The topic whose payload is the number of PUBLISH packets sent.
    static let topic = Array("$SYS/broker/publish/messages/sent".utf8)

    /// Connects to the broker of a run and asks for its counters.
    ///
    /// - Parameters:
    ///   - settings: the run's backend; one that is no MQTT broker has no such counters.
    ///   - group: where the connection lives.
    /// - Returns: nil when the backend is no MQTT broker or cannot be reached.
    package static func watch(
        _ settings: BackendSettings, on group: MultiThreadedEventLoopGroup
    ) async -> BrokerCounters? {
        guard ["mqtt", "mqtt5"].contains(settings.id), let endpoint = try? Endpoint(settings) else {
            return nil
        }
        let loop = group.next()
        let made = try? await loop.submit {
            NIOLoopBound(BrokerCounterHandler(settings, framing: endpoint.carrier.framing), eventLoop: loop)
        }.get()
        guard let handler = made else { return nil }
        let dialed = Dialer.dial(endpoint, on: loop) { channel, _ in
            try channel.pipeline.syncOperations.addHandler(handler.value)
        }
        guard let channel = try? await dialed.get() else { return nil }
        return BrokerCounters(channel: channel, handler: handler)
    }

    /// The newest counts; nil before the broker has published any.
    package func reading() async -> BrokerReading? {
        let handler = self.handler
        return try? await self.channel.eventLoop.submit { handler.value.reading }.get()
    }

    /// How often the broker has published its counts.
    package func publications() async -> UInt64 {
        let handler = self.handler
        return (try? await self.channel.eventLoop.submit { handler.value.publications }.get()) ?? 0
    }

    /// Ends the connection.
    package func stop() async { try? await self.channel.close().get() }
}
