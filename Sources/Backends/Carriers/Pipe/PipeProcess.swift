import NIOCore
import Signaling

/// A child process that serves agents by JSON lines: greeting, pings, and who gets which line.
final class PipeProcess: PipeHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Where it stands.
    private enum State {
        /// It has to say hello until then. Next: measuring, ended.
        case greeting(deadline: Instant)
        /// Pings that are still to be answered before agents are let in. Next: serving, ended.
        case measuring(left: Int)
        /// Next: ended.
        case serving
        /// It is being reaped, or is gone. The last.
        case ended
    }

    /// The version of the protocol that we speak.
    static let version = "1"
    private static let firstPings = 20
    private static let interval: Int64 = 1_000_000_000
    private static let reapInterval: Int64 = 10_000_000
    /// How often it is looked at before it is killed.
    private static let reapAttempts = 50

    private let program: any ChildProgram
    private let plan: PipePlan
    private let loop: any EventLoop
    private let patience: Int64
    private let pool: PipePool
    private var state: State
    private var context: ChannelHandlerContext?
    private var splitter: LineSplitter
    private var waiting: [Connection] = []
    private var agents: [Int: PipeTransport] = [:]
    private var nextAgent = 0
    private var pingSent: (number: Int, at: Instant)?
    private var pings = 0
    private var roundTrips: [Int64] = []
    private var failure: CloseReason?
    private var unflushed = false

    init(_ program: any ChildProgram, _ plan: PipePlan, on loop: any EventLoop, patience: Int64, pool: PipePool) {
        self.program = program
        self.plan = plan
        self.loop = loop
        self.patience = patience
        self.pool = pool
        self.splitter = LineSplitter(bound: plan.maxLineBytes)
        self.state = .greeting(deadline: Instant(nanoseconds: Int64(loop.now.uptimeNanoseconds)) + patience)
    }

    private var now: Instant { Instant(nanoseconds: Int64(self.loop.now.uptimeNanoseconds)) }
    private var name: String { "the adapter '\(Secrets.maskedURLs(self.plan.command))'" }

    /// Agents that it serves or will.
    var count: Int { self.agents.count + self.waiting.count }

    /// Whether it can be given another agent.
    var isUsable: Bool {
        if case .ended = self.state { return false }
        return true
    }

    /// What it took for an answer to a ping, in words.
    var floor: String? {
        guard let least = self.roundTrips.min() else { return nil }
        let middle = self.roundTrips.sorted()[self.roundTrips.count / 2]
        func milliseconds(_ time: Int64) -> String { "\(Double(time / 1_000) / 1_000) ms" }
        return
            "\(milliseconds(least)) at least, \(milliseconds(middle)) in the middle of \(self.roundTrips.count) pings"
    }

    // MARK: Life

    func start() {
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.program.open(self, on: self.loop).assumeIsolated().whenFailure { error in
            bound.value.fail(.transport("\(bound.value.name) could not be spoken to: \(error)"))
        }
        self.tick()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { self.greet() }
    }

    func channelActive(context: ChannelHandlerContext) { self.greet() }

    private func greet() { self.say(#"{"op":"hello","version":\#(Self.version)}"#) }

    /// Gives it another agent, at once or when it has said hello.
    func add(_ connection: Connection) {
        self.waiting.append(connection)
        if case .serving = self.state { self.admit() }
    }

    private func admit() {
        let waiting = self.waiting
        self.waiting = []
        for connection in waiting where !connection.hasEnded {
            let transport = PipeTransport(connection, agent: self.nextAgent, process: self)
            self.nextAgent += 1
            self.agents[transport.agent] = transport
            connection.opened(transport, early: [])
        }
    }

    func remove(_ transport: PipeTransport) {
        guard self.agents.removeValue(forKey: transport.agent) != nil, self.isIdle else { return }
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        let served = self.nextAgent
        // An agent that comes back within a moment finds it still running.
        self.loop.scheduleTask(in: .nanoseconds(Self.interval)) {
            let process = bound.value
            if process.isIdle, process.nextAgent == served { process.end() }
        }
    }

    private var isIdle: Bool { self.agents.isEmpty && self.waiting.isEmpty && self.isUsable }

    /// Pings, and looks whether it still answers.
    private func tick() {
        let now = self.now
        switch self.state {
        case .ended: return
        case .greeting(let deadline):
            if deadline <= now { return self.fail(.timeout("\(self.name) did not say hello in time\(self.heard)")) }
        case .measuring, .serving:
            if let (_, at) = self.pingSent {
                if now - at >= self.patience {
                    return self.fail(
                        .timeout(
                            "\(self.name) did not answer a ping within \(self.patience / 1_000_000) ms\(self.heard)"))
                }
            } else {
                self.ping(now)
            }
        }
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.scheduleTask(in: .nanoseconds(min(Self.interval, max(self.patience, 1_000_000)))) {
            bound.value.tick()
        }
    }

    private func ping(_ now: Instant) {
        self.pings += 1
        self.pingSent = (self.pings, now)
        self.say(#"{"op":"ping","n":\#(self.pings)}"#)
    }

    private func fail(_ reason: CloseReason) {
        guard self.isUsable else { return }
        self.failure = self.failure ?? reason
        self.end()
    }

    /// Ends the process in order: closes its pipes, waits for it, kills it, and then tells the agents.
    private func end() {
        guard self.isUsable else { return }
        self.state = .ended
        self.context?.close(promise: nil)
        self.context = nil
        self.reap(attempts: self.failure == nil ? Self.reapAttempts * 2 : Self.reapAttempts)
    }

    private func reap(attempts: Int) {
        let ending = self.program.ending()
        guard attempts > 0, ending == nil else { return self.report(ending ?? "\(self.program.kill()) by this end") }
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.scheduleTask(in: .nanoseconds(Self.reapInterval)) { bound.value.reap(attempts: attempts - 1) }
            // A loop that is shut down waits for nothing.
            .futureResult.whenFailure { _ in _ = bound.value.program.kill() }
    }

    private func report(_ ending: String) {
        let words = self.heard
        let reason = self.failure ?? .transport("\(self.name) ended with \(ending)\(words)")
        var error = DialError(code: .closed, message: reason.text)
        if case .timeout = reason { error.code = .timeout }
        if case .protocolViolation = reason { error.code = .other }
        let waiting = self.waiting
        self.waiting = []
        self.pool.ended(self, self.failure == nil && waiting.isEmpty && self.agents.isEmpty ? nil : error)
        for connection in waiting { connection.failed(error) }
        for agent in self.agents.keys.sorted() { self.agents[agent]?.lost(reason) }
    }

    /// The last lines of its standard error, in words; empty where it said nothing.
    private var heard: String {
        let words = self.program.lastWords
        return words.isEmpty ? "" : "; it wrote: " + words.joined(separator: " | ")
    }

    // MARK: Out

    func buffer(capacity: Int) -> ByteBuffer {
        self.context?.channel.allocator.buffer(capacity: capacity) ?? ByteBuffer()
    }

    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        self.unflushed = true
        context.write(self.wrapOutboundOut(bytes), promise: nil)
    }

    func flush() {
        guard self.unflushed else { return }
        self.unflushed = false
        self.context?.flush()
    }

    private func say(_ line: String) {
        self.write(ByteBuffer(string: line + "\n"))
        self.flush()
    }

    var pendingBytes: Int {
        guard let context, !context.channel.isWritable else { return 0 }
        return (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            try self.splitter.take(self.unwrapInboundIn(data)) { self.take($0) }
        } catch {
            self.fail(.protocolViolation("\(self.name) wrote a line of more than \(self.plan.maxLineBytes) bytes"))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { self.pool.atEndOfRead?() }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        self.end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func take(_ line: ByteBuffer) {
        guard self.isUsable else { return }
        let agent: Int
        if let quick = PipeLine.agent(of: line) {
            agent = quick
        } else {
            guard let parsed = try? PipeLine(line) else {
                let start = String(decoding: line.readableBytesView.prefix(80), as: UTF8.self)
                return self.fail(.protocolViolation("\(self.name) wrote a line that is no JSON object: \(start)"))
            }
            guard let named = parsed.agent else { return self.control(parsed) }
            agent = named
        }
        guard case .serving = self.state, agent < self.nextAgent, agent >= 0 else {
            return self.fail(.protocolViolation("\(self.name) wrote of agent \(agent), which was never opened"))
        }
        // What comes for an agent that is closed crossed the word of it.
        self.agents[agent]?.received(line)
    }

    private func control(_ line: PipeLine) {
        switch line.operation {
        case "hello":
            guard case .greeting = self.state else { return }
            let version = line.texts["version"] ?? "no version"
            guard version == Self.version else {
                return self.fail(
                    .protocolViolation("\(self.name) speaks version \(version) of the protocol, not \(Self.version)"))
            }
            self.state = .measuring(left: Self.firstPings)
            self.ping(self.now)
        case "pong":
            guard let (number, at) = self.pingSent, line.texts["n"] == String(number) else { return }
            let now = self.now
            self.pingSent = nil
            if self.roundTrips.count < 1_000 { self.roundTrips.append(now - at) }
            guard case .measuring(let left) = self.state else { return }
            if left > 1 {
                self.state = .measuring(left: left - 1)
                return self.ping(now)
            }
            self.state = .serving
            self.admit()
        case "error":
            self.fail(.protocolViolation("\(self.name) gave up: \(line.texts["message"] ?? "no message")"))
        default:
            // Something that a later version of the protocol may say.
            break
        }
    }
}

extension CloseReason {
    /// What happened, without a word on what kind of end it is.
    fileprivate var text: String {
        switch self {
        case .transport(let text), .timeout(let text), .protocolViolation(let text): text
        default: self.description
        }
    }
}

@available(*, unavailable)
extension PipeProcess: Sendable {}
