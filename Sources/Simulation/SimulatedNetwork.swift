package import Backends
import Glibc
package import NIOCore
import Signaling

/// A network in which every connection is a ``SimulatedLink`` on one virtual loop.
///
/// Sound as `Sendable` because it is confined to its loop's thread: ``connect(host:port:timeout:on:)``, all that ``Network`` shows to
/// other code, and ``listen(at:_:service:)`` trap on another one; the rest is for the test or simulation that made it there.
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
        self.loop.preconditionInEventLoop()
        self.hosts[host] = Host(server: server, service: service.map { ServiceQueue($0, loop: self.loop) })
    }

    /// Links of which at least one end is open, in the order of their connects.
    package var links: [SimulatedLink] { self.live.values.sorted { $0.id < $1.id } }

    /// Channels that are not closed.
    package var openChannels: Int { self.live.values.reduce(0) { $0 + $1.openEnds } }

    /// Of these, those on the side that connected.
    package var openClients: Int { self.live.values.count { !$0.client.isGone } }

    // MARK: Connecting

    package func connect(
        host: String, port: Int, timeout: TimeAmount, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        self.loop.preconditionInEventLoop()
        let call = Call(
            number: self.connects, host: host, deadline: self.loop.now + timeout,
            there: self.options.delay.draw(&self.random), back: self.options.delay.draw(&self.random),
            seed: self.random.next(), promise: self.loop.makePromise(of: (any Channel).self))
        self.connects += 1
        let bound = NIOLoopBound(call, eventLoop: self.loop)
        call.timer = self.loop.scheduleTask(in: timeout) {
            bound.value.finish(.failure(ChannelError.connectTimeout(timeout)))
        }
        self.knock(call, pause: .seconds(1))
        return call.promise.futureResult
    }

    /// One connect, until it has an outcome.
    private final class Call {
        let number: Int
        let host: String
        let deadline: NIODeadline
        let there: TimeAmount
        let back: TimeAmount
        let seed: UInt64
        let promise: EventLoopPromise<any Channel>
        var timer: Scheduled<Void>?
        var retry: Scheduled<Void>?
        /// Whether its host took it, so that asking again would be in vain.
        var isAnswered = false
        private(set) var isDone = false

        init(
            number: Int, host: String, deadline: NIODeadline, there: TimeAmount, back: TimeAmount, seed: UInt64,
            promise: EventLoopPromise<any Channel>
        ) {
            self.number = number
            self.host = host
            self.deadline = deadline
            self.there = there
            self.back = back
            self.seed = seed
            self.promise = promise
        }

        func finish(_ result: Result<any Channel, any Error>) {
            guard !self.isDone else { return }
            self.isDone = true
            self.timer?.cancel()
            self.retry?.cancel()
            self.promise.completeWith(result)
        }
    }

    /// Asks for a connection; who gets no answer asks again after a pause, which doubles, as a SYN is sent again.
    private func knock(_ call: Call, pause: TimeAmount) {
        let bound = NIOLoopBound(call, eventLoop: self.loop)
        self.loop.at(self.loop.now + call.there) {
            guard !bound.value.isDone else { return }
            self.arrived(bound.value)
        }
        let again = self.loop.now + pause
        guard again < call.deadline else { return }
        call.retry = self.loop.scheduleTask(deadline: again) {
            guard !bound.value.isDone, !bound.value.isAnswered else { return }
            self.knock(bound.value, pause: pause * 2)
        }
    }

    /// The connect reached its host, if there is one.
    private func arrived(_ call: Call) {
        let bound = NIOLoopBound(call, eventLoop: self.loop)
        let back = self.loop.now + call.back
        guard let target = self.hosts[call.host], target.answer != .refuse else {
            self.loop.at(back) {
                bound.value.finish(.failure(IOError(errnoCode: ECONNREFUSED, reason: "connect")))
            }
            return
        }
        guard target.answer == .accept, !target.isHeld, !call.isAnswered else { return }
        call.isAnswered = true
        let client = self.open(call.number, call.host, target, call.seed).client
        self.loop.at(back) {
            let call = bound.value
            guard !call.isDone else {
                // It had given up: the server learns of it as of any hang-up.
                client.close(promise: nil)
                return
            }
            guard !client.isGone else {
                return call.finish(.failure(IOError(errnoCode: ECONNRESET, reason: "connect")))
            }
            // Its owner fills the pipeline in this turn, before anything is read.
            call.finish(.success(client))
            client.activate()
        }
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
