import Backends
import Glibc
import Synchronization
import Workload

/// The backend that a run started, and what the plan does to its process.
///
/// It starts another when the plan says so, knows which one lives now, and ends what it started.
final class BackendProcess: Sendable {
    private enum Act: Sendable {
        case kill, stop, go, start
        /// The quota from now on, in cores; nil for none.
        case limit(Double?)
    }

    private struct State: Sendable {
        var backend: RunningBackend
        /// Whether the plan has killed it and not yet started another.
        var isDown = false
        /// What was stopped and has not been continued.
        var stopped: [Int32] = []
        var isOver = false
        /// Why it cannot be had as the plan has it.
        var failure: String?
        var timeline: Task<Void, Never>?
        /// Each backend that was started again, until it is gone.
        var lives: [Task<Void, Never>] = []
    }

    private let acts: [(at: Duration, act: Act)]
    private let launcher: BackendLauncher
    private let command: LaunchCommand
    private let group: FaultGroup?
    private let onStart: @Sendable (RunningBackend) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - backend: as the run started it.
    ///   - command: what it was started with.
    ///   - launcher: what it was started by.
    ///   - faults: of the profile; those of other places are passed over.
    ///   - group: that holds it; nil for faults without a quota.
    ///   - onStart: gets each backend that is started again.
    init(
        _ backend: RunningBackend, command: LaunchCommand, launcher: BackendLauncher, faults: [Profile.Fault],
        group: FaultGroup? = nil, onStart: @escaping @Sendable (RunningBackend) -> Void
    ) {
        let quotas = faults.filter { $0.kind == .cpu }
        self.acts = faults.flatMap { fault -> [(at: Duration, act: Act)] in
            let start = Duration.nanoseconds(fault.at.nanoseconds)
            let end = start + .nanoseconds(fault.span.nanoseconds)
            switch fault.kind {
            case .kill: return [(start, .kill)]
            case .stop: return [(start, .stop), (end, .go)]
            case .restart: return [(start, .kill), (end, .start)]
            case .cpu:
                // Of several at a time the strictest holds.
                return [fault.at.nanoseconds, fault.at.nanoseconds + fault.span.nanoseconds].map {
                    time -> (at: Duration, act: Act) in
                    let cores = quotas.filter {
                        time >= $0.at.nanoseconds && time < $0.at.nanoseconds + $0.span.nanoseconds
                    }.map(\.cores.value).min()
                    return (.nanoseconds(time), .limit(cores))
                }
            case .delay, .throttle, .stall, .cut, .reset, .refuse, .split, .glue, .vanish, .reconnectAll, .slowReader:
                return []
            }
        }.sorted { $0.at < $1.at }
        var again = launcher
        again.appendsLogs = true
        self.launcher = again
        self.command = backend.url.map(command.listening) ?? command
        self.group = group
        self.onStart = onStart
        self.state = Mutex(State(backend: backend))
    }

    /// Why the backend is lost in a way that the plan did not say; nil while it is not.
    var loss: String? {
        self.state.withLock { state in
            if let failure = state.failure { return failure }
            return state.isDown || state.backend.isAlive ? nil : "its process \(state.backend.pid) ended"
        }
    }

    /// Seconds that the plan's quotas withheld from it so far, of all cores together; nil in a plan without.
    var throttledSeconds: Double? { self.group?.throttledSeconds }

    /// Starts the clock of the faults; further calls change nothing.
    ///
    /// - Parameter elapsed: seconds since T0.
    func keepTime(elapsed: Double) {
        let clock = ContinuousClock()
        let origin = clock.now - .seconds(elapsed)
        self.state.withLock { state in
            guard !self.acts.isEmpty, state.timeline == nil, !state.isOver else { return }
            state.timeline = Task {
                for (at, act) in self.acts {
                    // Cancelled when the run is over.
                    guard (try? await clock.sleep(until: origin + at)) != nil else { return }
                    await self.perform(act)
                }
            }
        }
    }

    /// Continues what is stopped, and ends what was started again.
    func end() async {
        let (timeline, lives) = self.state.withLock { state in
            state.isOver = true
            return (state.timeline, state.lives)
        }
        timeline?.cancel()
        await timeline?.value
        // It is to end in order, and soon.
        self.group?.limit(to: nil)
        self.go()
        for life in lives { await life.value }
        // The timeline may have started one more before it saw that it was over.
        for life in self.state.withLock({ $0.lives }) { await life.value }
    }

    private func perform(_ act: Act) async {
        switch act {
        case .kill: self.kill()
        case .stop: self.stop()
        case .go: self.go()
        case .start: await self.start()
        case .limit(let cores):
            guard self.group?.limit(to: cores) == false else { return }
            self.state.withLock { $0.failure = "the kernel does not take its quota any more" }
        }
    }

    /// Its launcher has not reaped the leader of the group yet, so that the number cannot belong to others.
    private func kill() {
        self.state.withLock { state in
            guard !state.isDown, !state.isOver else { return }
            state.isDown = true
            state.stopped = []
            Glibc.kill(-state.backend.group, SIGKILL)
        }
    }

    /// Parents first, so that nobody starts another child meanwhile; the supervisor stays awake to end them all.
    private func stop() {
        self.state.withLock { state in
            guard !state.isDown, !state.isOver, state.backend.isAlive else { return }
            Glibc.kill(state.backend.pid, SIGSTOP)
            let children = ProcessTree(root: state.backend.pid).descendants()
            for child in children { Glibc.kill(child, SIGSTOP) }
            state.stopped = [state.backend.pid] + children
        }
    }

    private func go() {
        self.state.withLock { state in
            for process in state.stopped { Glibc.kill(process, SIGCONT) }
            state.stopped = []
        }
    }

    /// Starts the backend again and waits until it takes connections.
    private func start() async {
        let (settled, sink) = AsyncStream.makeStream(of: Void.self)
        self.state.withLock { state in
            guard state.isDown, !state.isOver else { return sink.finish() }
            state.lives.append(
                Task {
                    defer { sink.finish() }
                    do {
                        try await self.launcher.withBackend(self.command, isCancelled: { self.isOver }) { backend in
                            try self.group?.admit(backend.pid)
                            self.isBack(backend)
                            sink.finish()
                            while !self.isOver { try? await Task.sleep(for: .milliseconds(20)) }
                        }
                    } catch {
                        self.state.withLock { if !$0.isOver { $0.failure = "it could not be started again: \(error)" } }
                    }
                })
        }
        for await _ in settled {}
    }

    private var isOver: Bool { self.state.withLock { $0.isOver } }

    private func isBack(_ backend: RunningBackend) {
        self.state.withLock { state in
            state.backend = backend
            state.isDown = false
        }
        self.onStart(backend)
    }
}

extension BackendPlacement {
    /// The same for a run with these faults.
    ///
    /// - Parameters:
    ///   - faults: of the profile.
    ///   - own: the path of this program.
    /// - Returns: a backend that is to be stopped or slowed gets a supervisor, which ends it even while it is.
    /// - Throws: `HarnessError` (bad profile) for faults of the process of a backend that the run does not start, or (too few
    ///   resources) for those that this machine or user cannot have.
    func facing(_ faults: [Profile.Fault], own: String) throws(HarnessError) -> BackendPlacement {
        guard let fault = faults.first(where: { [.process, .machine].contains($0.kind.place) }) else {
            return self
        }
        switch self {
        case .running(let url):
            throw HarnessError(
                .badProfile,
                "faults: \(fault.kind.rawValue) happens to a process, and this run does not start the backend at \(url)",
                cure: "give its command as backend.launch, or leave the fault out")
        case .launched(let command, let url):
            try FaultGroup.needed(for: faults)?.dissolve()
            return .launched(command.supervised(own: own), url: url)
        }
    }
}

extension LaunchCommand {
    /// The same with a supervisor between, which ends the backend even while it is stopped.
    ///
    /// - Parameter own: the path of this program.
    /// - Returns: a command with the same announcement.
    func supervised(own: String) -> LaunchCommand {
        guard !self.isSupervised else { return self }
        var command = self
        command.executable = own
        // It has no standard input of its own then, whose end it could wait for.
        command.arguments =
            ["supervise", "--", self.executable] + self.arguments.filter { $0 != Self.endsWithInput }
        command.isSupervised = true
        return command
    }

    /// The same for a backend that is to listen once more where it did.
    ///
    /// - Parameter url: where.
    /// - Returns: a command with its port; a server of another make has it already.
    func listening(at url: String) -> LaunchCommand {
        guard self.announcement == .readyLine, let port = try? BackendURL.parse(url).port else { return self }
        var command = self
        var rest = self.arguments[...]
        command.arguments = []
        while let word = rest.popFirst() {
            if word == "--port" {
                rest = rest.dropFirst()
            } else if !word.hasPrefix("--port=") {
                command.arguments.append(word)
            }
        }
        command.arguments += ["--port", "\(port)"]
        return command
    }
}
