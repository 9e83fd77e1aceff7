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
            let hasSilentRoom = self.rooms[Int(agent.room)].traffic.talk(of: Int(agent.slot)) == record.heardBefore
            if record.isConfirmed {
                self.samples.session.sessionsJoined += 1
            } else {
                self.samples.session.sessionsUnconfirmed += 1
                if !hasSilentRoom { self.samples.session.sessionsUnheard += 1 }
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
    func note(_ reason: CloseReason, in phase: AgentSession.Phase, of agent: Agent, at now: Instant) {
        guard let cause = Cause(reason, in: phase, at: self.seconds(now), agent: agent.index) else { return }
        self.samples.causes.note(cause)
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
    init?(_ reason: CloseReason, in phase: AgentSession.Phase, at: Double, agent: Int32) {
        let (side, place, code): (Side, Place, String)
        var text = reason.description
        switch reason {
        case .requested, .refused: return nil
        case .closed(let number, let words):
            (side, place, code) = (.backend, Self.place(of: phase, otherwise: .close), "\(number)")
            if !words.isEmpty { text = words }
        case .peerClosed: (side, place, code) = (.backend, Self.place(of: phase, otherwise: .close), "")
        case .transport: (side, place, code) = (.network, Self.place(of: phase, otherwise: .close), "")
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
