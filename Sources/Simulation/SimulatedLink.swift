import NIOCore

/// A connection of the simulated network: two channels and what is between them.
package final class SimulatedLink {
    /// Number of the link, in the order of the connects.
    package let id: Int
    package let client: SimulatedChannel
    package let server: SimulatedChannel
    /// Name of the host that was connected to.
    package let host: String
    private let toServer: Flow
    private let toClient: Flow
    private let loop: VirtualLoop
    /// Reasons for which a way is frozen; it thaws with the last of them.
    private var frozen: [Way: Int] = [:]
    private var open = 2

    init(
        id: Int, host: String, loop: VirtualLoop, toServer: Flow, toClient: Flow,
        onEnd: @escaping (SimulatedLink) -> Void
    ) {
        self.id = id
        self.host = host
        self.loop = loop
        self.toServer = toServer
        self.toClient = toClient
        self.client = SimulatedChannel(loop: loop, outgoing: toServer, incoming: toClient)
        self.server = SimulatedChannel(loop: loop, outgoing: toClient, incoming: toServer)
        // What comes for an end that is closed is answered with a reset.
        toServer.onStray = { [weak toClient] in toClient?.abort() }
        toClient.onStray = { [weak toServer] in toServer?.abort() }
        let ended: () -> Void = { [weak self] in
            guard let self else { return }
            self.open -= 1
            if self.open == 0 { onEnd(self) }
        }
        self.client.onClose = ended
        self.server.onClose = ended
    }

    /// Channels that are not closed.
    package var openEnds: Int { self.open }

    /// Does to the link what a fault says.
    package func suffer(_ fault: LinkFault) {
        switch fault {
        case .cut:
            self.toServer.cut()
            self.toClient.cut()
        case .reset:
            self.client.reset()
            self.server.reset()
        case .halfOpen:
            for way in [Way.toServer, .toClient] { self.freeze(way) }
        case .freeze(let ways, let time):
            for way in [Way.toServer, .toClient] where ways.contains(way) {
                self.freeze(way)
                let bound = NIOLoopBound(self, eventLoop: self.loop)
                self.loop.at(self.loop.now + time) { bound.value.thaw(way) }
            }
        }
    }

    /// Lets nothing pass, until ``thaw(_:)`` was called as often.
    package func freeze(_ way: Way) {
        self.frozen[way, default: 0] += 1
        self.flow(way).freeze()
    }

    package func thaw(_ way: Way) {
        guard let count = self.frozen[way], count > 0 else { return }
        self.frozen[way] = count - 1
        if count == 1 { self.flow(way).thaw() }
    }

    private func flow(_ way: Way) -> Flow { way == .toServer ? self.toServer : self.toClient }
}

@available(*, unavailable)
extension SimulatedLink: Sendable {}
