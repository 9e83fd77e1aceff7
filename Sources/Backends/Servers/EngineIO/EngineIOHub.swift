import NIOCore
import NIOSSL

/// All sessions and connections of an Engine.IO server, on its one event loop.
///
/// One loop puts everything that the application does into one order, without locks and without hops.
final class EngineIOHub: ServerLoop {
    let loop: any EventLoop
    let options: ServerOptions
    private(set) var application: (any EngineIOApplication)?
    var counters = ServerCounters()
    private(set) var isDraining = false

    private var sessions: [String: EngineIOSession] = [:]
    /// The same in an order that does not depend on hashing, each at its ``EngineIOSession/place``.
    private var places: [EngineIOSession] = []
    private var channels: [ObjectIdentifier: any Channel] = [:]
    private var dirty: [EngineIOSession] = []
    private var isTickOpen = false
    private let tls: NIOSSLContext?
    /// Where ids come from.
    var random: ServerRandom
    /// What whoever started the server should be told.
    var notices: [String] = []
    /// The path that Engine.IO answers at, with a slash at its end.
    let path: String

    init(options: ServerOptions, tls: NIOSSLContext?, loop: any EventLoop) {
        self.tls = tls
        self.random = ServerRandom(seed: options.seed)
        self.options = options
        self.loop = loop
        let path = options.path == "/" ? "/socket.io/" : options.path
        self.path = path.hasSuffix("/") ? path : path + "/"
    }

    /// Begins; called once, on the loop.
    func start(_ application: any EngineIOApplication) {
        self.application = application
    }

    // MARK: Connections

    func accept(_ channel: any Channel) throws {
        let codec = try channel.pipeline.syncOperations.addHTTP(over: self.tls)
        try channel.pipeline.syncOperations.addHandler(EngineIOConnection(hub: self, codec: codec))
    }

    func began(_ channel: any Channel) { self.channels[ObjectIdentifier(channel)] = channel }

    func ended(_ channel: any Channel) { self.channels[ObjectIdentifier(channel)] = nil }

    // MARK: Sessions

    /// Opens a session.
    ///
    /// - Parameters:
    ///   - request: the request that asked for it.
    ///   - version: the revision that it speaks.
    ///   - socket: the WebSocket that it comes by; nil when it polls.
    /// - Returns: the session, its handshake queued.
    func open(_ request: HTTPRequest, version: EngineIOPlan.Version, socket: EngineIOSocket?) -> EngineIOSession {
        let session = EngineIOSession(request, version: version, socket: socket, hub: self)
        self.sessions[session.sid] = session
        session.place = self.places.count
        self.places.append(session)
        self.counters.accepted += 1
        self.counters.open += 1
        self.application?.opened(session)
        return session
    }

    func session(_ sid: String) -> EngineIOSession? { self.sessions[sid] }

    func ended(_ session: EngineIOSession) {
        guard self.sessions.removeValue(forKey: session.sid) != nil else { return }
        let last = self.places.removeLast()
        if last !== session {
            self.places[session.place] = last
            last.place = session.place
        }
        self.counters.open -= 1
        self.application?.closed(session)
    }

    /// 64 random bits as 16 hexadecimal digits, which no session has now.
    func newID() -> String {
        while true {
            let id = String(decoding: RelayMember.text(of: self.newNumber()), as: UTF8.self)
            if self.sessions[id] == nil { return id }
        }
    }

    /// 64 random bits, never zero.
    func newNumber() -> UInt64 { .random(in: 1...(.max), using: &self.random) }

    // MARK: Ticks

    /// A session has something to flush; all are flushed once, after the loop has read all that was ready.
    func willFlush(_ session: EngineIOSession) {
        self.dirty.append(session)
        self.openTick()
    }

    /// Something happened that the application wants to hear the end of.
    func openTick() {
        guard !self.isTickOpen else { return }
        self.isTickOpen = true
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.execute { bound.value.endTick() }
    }

    private func endTick() {
        self.application?.tickEnded()
        self.isTickOpen = false
        let dirty = self.dirty
        self.dirty.removeAll(keepingCapacity: true)
        for session in dirty { session.flush() }
    }

    // MARK: End

    func drain() {
        self.isDraining = true
        for session in self.places { session.close(code: 1001, reason: "the server is going away") }
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        // The answers to polls have to leave first.
        self.loop.scheduleTask(in: .milliseconds(50)) { bound.value.closeIdle() }
    }

    private func closeIdle() {
        for channel in self.channels.values where channel.isActive { channel.close(mode: .output, promise: nil) }
    }

    var isEmpty: Bool { self.channels.isEmpty }

    /// Drops whoever is left.
    func abandon() {
        for session in self.sessions.values { session.stopClock() }
        for channel in self.channels.values { channel.close(promise: nil) }
        // What it holds, such as a file, is free for the next server.
        self.application = nil
    }
}

@available(*, unavailable)
extension EngineIOHub: Sendable {}
