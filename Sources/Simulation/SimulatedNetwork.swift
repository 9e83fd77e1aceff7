package import Backends
import Glibc
package import NIOCore
import Signaling

/// A network in which every connection is a ``SimulatedLink`` on one virtual loop.
///
/// Sound as `Sendable` because it is touched on its loop's thread only, which the loop checks.
package final class SimulatedNetwork: Network, @unchecked Sendable {
    /// How a host answers a connect.
    package enum Answer: Sendable, Hashable {
        case accept
        /// "Connection refused".
        case refuse
        /// Nothing, until the connect times out.
        case ignore
    }

    private struct Host {
        var server: any ServerLoop
        var service: ServiceQueue?
        var answer = Answer.accept
        var isHeld = false
    }

    private let loop: VirtualLoop
    private var random: SplitMix64
    private var hosts: [String: Host] = [:]
    private var live: [Int: SimulatedLink] = [:]
    /// The law of links that are opened from now on.
    package var options: LinkOptions
    /// Sees all bytes.
    package var log: LinkLog?
    /// Connects that were asked for.
    package private(set) var connects = 0
    /// Called with each link when it is open.
    package var onOpen: ((SimulatedLink) -> Void)?

    package init(loop: VirtualLoop, options: LinkOptions = LinkOptions(), seed: UInt64) {
        self.loop = loop
        self.options = options
        self.random = SplitMix64(seed: seed)
    }

    /// Puts a server at a name.
    package func listen(at host: String, _ server: any ServerLoop, service: ServiceLaw? = nil) {
        self.hosts[host] = Host(server: server, service: service.map { ServiceQueue($0, loop: self.loop) })
    }

    /// Links of which at least one end is open, in the order of their connects.
    package var links: [SimulatedLink] { self.live.values.sorted { $0.id < $1.id } }

    /// Channels that are not closed.
    package var openChannels: Int { self.live.values.reduce(0) { $0 + $1.openEnds } }

    // MARK: Connecting

    package func connect(
        host: String, port: Int, timeout: TimeAmount, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let promise = self.loop.makePromise(of: (any Channel).self)
        let number = self.connects
        self.connects += 1
        let there = self.options.delay.draw(&self.random)
        let back = self.options.delay.draw(&self.random)
        let seed = self.random.next()
        let isDone = NIOLoopBoundBox(false, eventLoop: self.loop)
        let timer = self.loop.scheduleTask(in: timeout) {
            guard !isDone.value else { return }
            isDone.value = true
            promise.fail(ChannelError.connectTimeout(timeout))
        }
        self.loop.at(self.loop.now + there) {
            guard !isDone.value else { return }
            let target = self.hosts[host]
            guard let target, target.answer != .refuse else {
                self.loop.at(self.loop.now + back) {
                    guard !isDone.value else { return }
                    isDone.value = true
                    timer.cancel()
                    promise.fail(IOError(errnoCode: ECONNREFUSED, reason: "connect"))
                }
                return
            }
            guard target.answer == .accept, !target.isHeld else { return }
            let client = self.open(number, host, target, seed).client
            self.loop.at(self.loop.now + back) {
                guard !isDone.value else {
                    // It had given up: the server learns of it as of any hang-up.
                    client.close(promise: nil)
                    return
                }
                isDone.value = true
                timer.cancel()
                guard !client.isGone else {
                    promise.fail(IOError(errnoCode: ECONNRESET, reason: "connect"))
                    return
                }
                // Its owner fills the pipeline in this turn, before anything is read.
                promise.succeed(client)
                client.activate()
            }
        }
        return promise.futureResult
    }

    private func open(_ number: Int, _ name: String, _ host: Host, _ seed: UInt64) -> SimulatedLink {
        let toServer = Flow(.toServer, loop: self.loop, options: self.options, seed: SplitMix64.mix(seed, 1))
        let toClient = Flow(.toClient, loop: self.loop, options: self.options, seed: SplitMix64.mix(seed, 2))
        toServer.log = self.log?.flow(number, .toServer)
        toClient.log = self.log?.flow(number, .toClient)
        if let service = host.service {
            toServer.service = service.messages
            toClient.service = service.deliveries
        }
        let link = SimulatedLink(id: number, host: name, loop: self.loop, toServer: toServer, toClient: toClient) {
            [weak self] in self?.live[$0.id] = nil
        }
        self.live[number] = link
        do {
            try host.server.accept(link.server)
        } catch {
            link.server.close(promise: nil)
        }
        link.server.activate()
        self.onOpen?(link)
        return link
    }

    // MARK: Faults

    /// How a host answers connects from now on.
    package func answer(_ host: String, _ answer: Answer) { self.hosts[host]?.answer = answer }

    /// Does a fault to every link there is.
    package func suffer(_ fault: LinkFault) {
        for link in self.links { link.suffer(fault) }
    }

    /// Cuts a host off: nothing passes to or from it, and connects are not answered.
    package func partition(_ host: String) {
        guard self.hosts[host]?.isHeld == false else { return }
        self.hosts[host]?.isHeld = true
        for link in self.links where link.host == host {
            link.freeze(.toServer)
            link.freeze(.toClient)
        }
    }

    /// Ends a partition; what was under way arrives.
    package func repair(_ host: String) {
        guard self.hosts[host]?.isHeld == true else { return }
        self.hosts[host]?.isHeld = false
        for link in self.links where link.host == host {
            link.thaw(.toServer)
            link.thaw(.toClient)
        }
    }
}
