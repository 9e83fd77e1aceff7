import Backends
import Measure
import Signaling
import Workload

// What becomes of each planned session, counted from the moment that the plan wanted it, and why things failed.
extension LoopCell {
    /// A planned session begins.
    func opened(_ planned: PlannedSession, of agent: Agent, at now: Instant) {
        self.settleSession(of: agent, at: now)
        let plannedAt = self.window.origin + planned.arrive
        agent.record = SessionRecord(plannedAt: plannedAt)
        self.samples.session.sessionsPlanned += 1
        self.samples.record(.arrivalLateness, max(0, now - plannedAt))
    }

    /// Times a step of an agent's session, once: a further connection of the same session has `session.reconnect`.
    func reached(_ step: WritableKeyPath<SessionRecord, Bool>, _ probe: Probe, _ agent: Agent, at now: Instant) {
        guard let record = agent.record, !record[keyPath: step] else { return }
        agent.record?[keyPath: step] = true
        self.samples.record(probe, now - record.plannedAt)
    }

    /// A session is over, by plan or because the run is: what it did not come to stands at the far end of its
    /// distributions.
    func settleSession(of agent: Agent, at now: Instant) {
        guard let record = agent.record else { return }
        agent.record = nil
        let age = max(0, now - record.plannedAt)
        if record.isJoined {
            let hasSilentRoom = !self.rooms[Int(agent.room)].traffic.wasSpoken(
                to: Int(agent.slot), before: now + -LeaveHorizon.least)
            if record.isConfirmed {
                self.samples.session.sessionsJoined += 1
            } else {
                self.samples.session.sessionsUnconfirmed += 1
                // What was said while it had no connection it could not hear.
                if !hasSilentRoom, agent.session.lostAt == nil { self.samples.session.sessionsUnheard += 1 }
            }
            if record.isConfirmed || hasSilentRoom { agent.isProven = true }
            if let lostAt = agent.session.lostAt {
                self.samples.session.sessionsLost += 1
                self.samples.censor(.sessionReconnect, 1, age: max(0, now - lostAt))
            }
            return
        }
        // One that waits for its first answer, and that the plan takes away so soon, says nothing about the backend.
        if agent.session.isWaiting, age < LeaveHorizon.least {
            self.samples.session.sessionsExcused += 1
            return
        }
        if self.isEnded { self.noteWaiting(agent, at: now) }
        self.samples.session.sessionsRefused += 1
        if self.connections.asksForTicket, !record.isLoggedIn { self.samples.censor(.sessionLogin, 1, age: age) }
        if !record.isWelcomed { self.samples.censor(.sessionConnect, 1, age: age) }
        self.samples.censor(.sessionJoin, 1, age: age)
    }

    /// The run is over: settles every session that began, and takes agents of whom nothing shows that they were members
    /// from the connected ones.
    func settleAllSessions(at now: Instant) {
        for agent in self.agents {
            self.settleSession(of: agent, at: now)
            if agent.session.everJoined, !agent.isProven { self.samples.session.connected -= 1 }
        }
    }

    // MARK: Causes

    /// Keeps why a connection ended, or never came about, that the plan did not end.
    ///
    /// - Parameters:
    ///   - reason: why the connection ended.
    ///   - phase: how far the session was.
    ///   - agent: whose.
    ///   - silence: nanoseconds since anything was said on it.
    ///   - now: when.
    func note(
        _ reason: CloseReason, in phase: AgentSession.Phase, of agent: Agent, silence: Int64, at now: Instant
    ) {
        let wire = self.configuration.settings.wire
        let hint = phase == .joined ? Self.idleness(silence, wire) : Self.reticence(reason, wire)
        guard let cause = Cause(reason, in: phase, at: self.seconds(now), agent: agent.index, hint: hint)
        else { return }
        self.samples.causes.note(cause)
    }

    /// The run ended while an agent waited to be let in, sooner than its patience did.
    private func noteWaiting(_ agent: Agent, at now: Instant) {
        let (place, what): (Cause.Place, String)
        switch agent.session.phase {
        case .preparing: (place, what) = (.login, "the login")
        case .connecting where agent.connection?.isOpen == true: (place, what) = (.greeting, "the welcome")
        case .connecting: (place, what) = (.http, "the dial or the handshake")
        case .joining: (place, what) = (.join, "the join")
        case .absent, .joined, .leaving, .lost: return
        }
        self.samples.causes.note(
            Cause(
                side: .backend, where: place, code: "silence", text: "\(what) had no answer when the run ended",
                at: self.seconds(now), agent: agent.index))
    }

    /// What to say of a connection that was cut when nothing had been said on it for a while; empty where something had.
    private static func idleness(_ silence: Int64, _ wire: BackendDescriptor.WireProtocol) -> String {
        // Few numbers, so that the same cause has the same words.
        let steps: [Int64] = [1, 2, 5, 10, 20, 30, 50, 60, 100, 120, 300, 600]
        guard let seconds = steps.last(where: { $0 * 1_000_000_000 <= silence + 100_000_000 }) else { return "" }
        let option = wire.isMQTT ? "a shorter backend.keepAlive" : "backend.clientPing"
        return ", behind \(seconds) s or more in which nothing was said; \(option) keeps idle connections open"
    }

    /// What to say of a broker that closes without a word before it lets anybody in.
    private static func reticence(_ reason: CloseReason, _ wire: BackendDescriptor.WireProtocol) -> String {
        switch reason {
        case .peerClosed, .transport: break
        default: return ""
        }
        guard wire == .mqtt3 else { return "" }
        return
            "; a broker of MQTT 3.1.1 does so for a QoS, a last will, a topic or one connection more than it allows: "
            + "lower backend.qos, or ask mqtt5, which names the limit"
    }

    /// Keeps an error that the backend answered with.
    func note(_ refusal: Refusal, of agent: Agent, at now: Instant) {
        let place: Cause.Place =
            switch refusal.subject {
            case .join: .join
            case .send: .send
            case .other: Cause.place(of: agent.session.phase, otherwise: .receive)
            }
        self.samples.causes.note(
            Cause(
                side: .backend, where: place, code: refusal.code, text: refusal.message, at: self.seconds(now),
                agent: agent.index))
    }

    private func seconds(_ instant: Instant) -> Double { Double(instant - self.window.origin) / 1e9 }
}

extension Cause {
    /// What was being done in a phase of a session.
    static func place(of phase: AgentSession.Phase, otherwise: Place) -> Place {
        switch phase {
        case .preparing: .login
        case .connecting: .greeting
        case .joining: .join
        case .absent, .joined, .leaving, .lost: otherwise
        }
    }

    /// Why a connection ended; nil where this end wanted it, or where the refusal was kept already.
    ///
    /// - Parameters:
    ///   - reason: as the connection has it.
    ///   - phase: how far the session was.
    ///   - at: seconds since T0.
    ///   - agent: whose.
    ///   - hint: what else to say where the other end or the network closed.
    init?(_ reason: CloseReason, in phase: AgentSession.Phase, at: Double, agent: Int32, hint: String) {
        let (side, place, code): (Side, Place, String)
        var text = reason.description
        switch reason {
        case .requested, .refused: return nil
        case .closed(let number, let words):
            (side, place, code) = (.backend, Self.place(of: phase, otherwise: .close), "\(number)")
            text = (words.isEmpty ? text : words) + hint
        case .peerClosed:
            (side, place, code) = (.backend, Self.place(of: phase, otherwise: .close), "")
            text += hint
        case .transport:
            (side, place, code) = (.network, Self.place(of: phase, otherwise: .close), "")
            text += hint
        case .denied: (side, place, code) = (.backend, Self.place(of: phase, otherwise: .receive), "refused")
        case .protocolViolation: (side, place, code) = (.backend, Self.place(of: phase, otherwise: .receive), "")
        case .timeout: (side, place, code) = (.backend, Self.place(of: phase, otherwise: .receive), "timeout")
        case .notOpened(let error):
            let found = Self.origin(of: error)
            (side, code) = (found.side, found.code)
            place = phase == .preparing && found.place == .http ? .login : found.place
        }
        self.init(side: side, where: place, code: code, text: text, at: at, agent: agent)
    }

    private static func origin(of error: DialError) -> (side: Side, place: Place, code: String) {
        switch error.code {
        case .dns: (.network, .dns, "")
        case .refused: (.network, .tcp, "refused")
        case .unreachable: (.network, .tcp, "unreachable")
        case .timeout: (.network, Self.place(inWords: error.message), "timeout")
        case .tls: (.backend, .tls, "")
        case .http(let status): (.backend, .http, "\(status)")
        case .badUpgrade, .badResponse: (.backend, .http, "")
        case .closed: (.backend, Self.place(inWords: error.message), "closed")
        case .noDescriptor: (.generator, .tcp, "EMFILE")
        case .noPort: (.generator, .tcp, "EADDRNOTAVAIL")
        case .settings, .unwanted: (.generator, .greeting, "")
        case .other: (.network, .tcp, "")
        }
    }

    /// How far a dial had come, of which the error knows only in its words.
    private static func place(inWords message: String) -> Place {
        if message.contains("TLS") { return .tls }
        if message.contains("login") { return .login }
        return message.contains("upgrade") || message.contains("handshake") ? .http : .tcp
    }
}
