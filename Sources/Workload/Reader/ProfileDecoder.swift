/// Decodes a whole profile, section by section, and goes on after every mistake.
struct ProfileDecoder {
    let checks: ProfileReader.Checks
    var reader = NodeReader()

    init(checks: ProfileReader.Checks) { self.checks = checks }

    mutating func decode(_ root: ProfileNode) -> Profile {
        let top = self.reader.section(root, "", keys: ProfileKeys.inside(""))
        var profile = Profile()
        profile.name = self.name(top)
        profile.description = self.reader.text(top, "description") ?? ""
        profile.backend = self.backend(top)
        profile.agents = self.reader.whole(top, "agents", default: profile.agents, in: Profile.agentRange)
        profile.rooms = self.rooms(top, agents: profile.agents)
        profile.arrival = self.arrival(top)
        profile.calls = self.calls(top)
        profile.signaling = self.signaling(top)
        profile.chatter = self.chatter(top)
        profile.phases = self.phases(top)
        profile.churn = self.churn(top)
        profile.leave = self.reader.choice(top, "leave", default: profile.leave)
        profile.validity = self.validity(top)
        profile.gates = self.gates(top)
        profile.seed = self.reader.whole(top, "seed", default: profile.seed, in: 0...UInt64.max)
        let generator = self.reader.section(top["generator"], "generator", keys: ProfileKeys.inside("generator"))
        profile.generator.loops = self.reader.value(
            generator, "loops", default: .auto, expected: "auto or a whole number")
        self.checkSessions(of: profile, top)
        return profile
    }

    private mutating func name(_ top: NodeReader.Section) -> String {
        guard let name = self.reader.text(top, "name") else { return "" }
        if name.isEmpty || name.utf8.count > 100 || name.contains(where: { $0 == "/" || $0.isNewline }) {
            let place = top["name"]?.place ?? .flag("name")
            self.reader.report("name is one line of 1 to 100 bytes without a slash: it names a folder", at: place)
        }
        return name
    }

    private mutating func arrival(_ top: NodeReader.Section) -> Profile.Arrival {
        let section = self.reader.section(top["arrival"], "arrival", keys: ProfileKeys.inside("arrival"))
        var arrival = Profile.Arrival()
        arrival.pattern = self.reader.choice(section, "pattern", default: arrival.pattern)
        arrival.rate = self.positiveRate(section, "rate", default: arrival.rate)
        return arrival
    }

    private mutating func chatter(_ top: NodeReader.Section) -> Profile.Chatter? {
        if case .scalar("none") = top["chatter"]?.content { return nil }
        let section = self.reader.section(top["chatter"], "chatter", keys: ProfileKeys.inside("chatter"))
        var chatter = Profile.Chatter()
        chatter.rate = self.reader.value(section, "rate", default: chatter.rate, expected: "a rate such as 1/s")
        chatter.bytes = self.reader.whole(section, "bytes", default: chatter.bytes, in: 0...Self.mostBytes)
        return chatter.rate.perSecond > 0 ? chatter : nil
    }

    /// The longest string of a payload.
    static let mostBytes = 1 << 20

    private mutating func phases(_ top: NodeReader.Section) -> Profile.Phases {
        let section = self.reader.section(top["phases"], "phases", keys: ProfileKeys.inside("phases"))
        var phases = Profile.Phases()
        phases.warmup = self.duration(section, "warmup", default: phases.warmup)
        phases.steady = self.duration(section, "steady", default: phases.steady)
        phases.drain = self.duration(section, "drain", default: phases.drain)
        return phases
    }

    private mutating func churn(_ top: NodeReader.Section) -> Profile.Churn? {
        guard let node = top["churn"] else { return nil }
        switch node.content {
        case .empty, .scalar("none"): return nil
        case .scalar, .sequence, .mapping: break
        }
        let section = self.reader.section(node, "churn", keys: ProfileKeys.inside("churn"))
        guard case .mapping = node.content else { return nil }
        if section["stay"] == nil { self.reader.report("churn has no stay, such as {stay: 10s}", at: node.place) }
        var churn = Profile.Churn()
        churn.stay = self.positiveDuration(section, "stay", default: churn.stay)
        churn.rejoin = self.duration(section, "rejoin", default: churn.rejoin)
        return churn
    }

    private mutating func validity(_ top: NodeReader.Section) -> Profile.Validity {
        let section = self.reader.section(top["validity"], "validity", keys: ProfileKeys.inside("validity"))
        var validity = Profile.Validity()
        validity.lateness = self.positiveShare(section, "lateness", default: validity.lateness)
        validity.loopLag = self.positiveDuration(section, "loopLag", default: validity.loopLag)
        validity.cpu = self.positiveShare(section, "cpu", default: validity.cpu)
        if validity.cpu > .percent(100), let place = section["cpu"]?.place {
            self.reader.report("validity.cpu is a share of one core, at most 100%", at: place)
        }
        return validity
    }

    private mutating func gates(_ top: NodeReader.Section) -> [String] {
        let gates = self.reader.list(top, "gates", of: "condition") ?? []
        for gate in gates {
            if let message = self.checks.gate(gate.text) { self.reader.report("gates: \(message)", at: gate.place) }
        }
        return gates.map(\.text)
    }

    /// The tag of a message can number only so many sessions of an agent.
    private mutating func checkSessions(of profile: Profile, _ top: NodeReader.Section) {
        guard let churn = profile.churn, let place = top["churn"]?.place else { return }
        let cycle = Double(churn.stay.nanoseconds + churn.rejoin.nanoseconds)
        let length = Double(profile.phases.warmup.nanoseconds + profile.phases.steady.nanoseconds)
        let sessions = length / max(1, cycle)
        guard sessions > 1000 else { return }
        let count = Decimal.plain(sessions.rounded())
        self.reader.report("churn: an agent would have about \(count) sessions, and may have 1000", at: place)
    }
}
