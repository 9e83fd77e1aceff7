/// Makes the plan of a run.
package struct Planner {
    /// From the last planned arrival in a room to the moment its members may call.
    package static let settleMargin: Int64 = 1_000_000_000

    let profile: Profile
    let seed: UInt64
    /// Agents by slot, for each room.
    let members: [[Int]]
    /// First arrivals by agent.
    let arrivals: [Int64]

    /// Plans a run.
    ///
    /// Pure, and equal on every machine: integers and IEEE 754 arithmetic only, no clock, no system randomness.
    ///
    /// - Parameters:
    ///   - profile: a profile that ``ProfileReader`` accepts.
    ///   - seed: what every draw is derived from; `profile.seed` unless several trials of one profile are run.
    /// - Returns: the plan.
    package static func plan(_ profile: Profile, seed: UInt64) -> Plan {
        Planner(profile: profile, seed: seed).plan()
    }

    private init(profile: Profile, seed: UInt64) {
        self.profile = profile
        self.seed = seed
        self.members = RoomFilling.members(profile.rooms, agents: profile.agents)
        let arrivals = ArrivalTimes.of(profile.arrival, count: profile.agents, seed: seed)
        self.arrivals = profile.replay?.arrivals(arrivals, members: self.members) ?? arrivals
    }

    private func plan() -> Plan {
        let schedule = CallSchedule(
            profile: self.profile, seed: self.seed, members: self.members, arrivals: self.arrivals)
        let stays = Stays(churn: self.profile.churn, seed: self.seed)
        let phases = self.phases(schedule, stays)
        let sessions = stays.sessions(arrivals: self.arrivals, until: phases.steadyEnd)
        let callTimes = sessions.map { schedule.call(of: $0) }
        let agents = self.agents(sessions)
        let sessionsByRoom = self.members.map { room in room.flatMap { Array(agents[$0].sessions) } }
        let pairs = PairFinder(
            sessions: sessions, callTimes: callTimes, timeout: self.profile.signaling.timeout.nanoseconds
        ).pairs(rooms: sessionsByRoom)
        let calls = self.calls(sessions, callTimes, sessionsByRoom)
        return Plan(
            seed: self.seed,
            timeoutNanoseconds: self.profile.signaling.timeout.nanoseconds,
            chatterPeriod: self.profile.chatter?.rate.periodNanoseconds,
            rooms: self.rooms(schedule),
            agents: agents,
            sessions: sessions,
            calls: calls,
            pairs: pairs,
            phases: phases,
            prediction: MeshLaw(profile: self.profile, members: self.members, arrivals: self.arrivals)
                .basis(lastCall: calls.last?.at, steadyEnd: phases.steadyEnd)
        )
    }

    /// The ramp lasts until the last first arrival and the last call of a first session.
    private func phases(_ schedule: CallSchedule, _ stays: Stays) -> PlannedPhases {
        var rampEnd = self.arrivals.max() ?? 0
        for agent in self.arrivals.indices {
            let first = stays.first(of: agent, arrive: self.arrivals[agent])
            if let call = schedule.call(of: first) { rampEnd = max(rampEnd, call) }
        }
        let steadyStart = rampEnd + self.profile.phases.warmup.nanoseconds
        let steadyEnd = steadyStart + self.profile.phases.steady.nanoseconds
        let leaveEnd = steadyEnd + self.profile.leaveTime.nanoseconds
        return PlannedPhases(
            rampEnd: rampEnd,
            steadyStart: steadyStart,
            steadyEnd: steadyEnd,
            leaveEnd: leaveEnd,
            drainLimit: leaveEnd + self.profile.phases.drain.nanoseconds
        )
    }

    private func agents(_ sessions: [PlannedSession]) -> [PlannedAgent] {
        var places = [(room: Int, slot: Int)](repeating: (0, 0), count: self.arrivals.count)
        for (room, members) in self.members.enumerated() {
            for (slot, agent) in members.enumerated() { places[agent] = (room, slot) }
        }
        let period = self.profile.chatter?.rate.periodNanoseconds ?? 0
        var next = 0
        return places.indices.map { agent in
            let first = next
            while next < sessions.count, sessions[next].agent == agent { next += 1 }
            return PlannedAgent(
                index: agent,
                room: places[agent].room,
                slot: places[agent].slot,
                sessions: first..<next,
                chatterPhase: RandomDraw.below(period, RandomStream.chatter.seed(of: self.seed, agent: agent))
            )
        }
    }

    private func rooms(_ schedule: CallSchedule) -> [PlannedRoom] {
        let width = max(4, "\(self.members.count - 1)".count)
        return self.members.enumerated().map { index, members in
            let number = "\(index)"
            let maxConnections =
                switch self.profile.signaling.maxConnections {
                case .auto: members.count - 1
                case .count(let count): count
                }
            return PlannedRoom(
                index: index,
                name: "room-" + String(repeating: "0", count: width - number.count) + number,
                members: members,
                callsAt: schedule.opens(room: index),
                maxConnections: maxConnections
            )
        }
    }

    /// All calls by time; of equal time by room and slot.
    private func calls(
        _ sessions: [PlannedSession], _ times: [Int64?], _ sessionsByRoom: [[Int]]
    ) -> [PlannedCall] {
        var calls: [(room: Int, call: PlannedCall)] = []
        for (room, members) in sessionsByRoom.enumerated() {
            // Sessions of a room come by slot, so a stable order by time leaves ties by slot.
            let called = members.enumerated().compactMap { rank, session in
                times[session].map { (rank: rank, session: session, at: $0) }
            }.sorted { ($0.at, $0.rank) < ($1.at, $1.rank) }
            for (order, entry) in called.enumerated() {
                let agent = sessions[entry.session].agent
                let call = PlannedCall(agent: agent, session: entry.session, at: entry.at, order: order)
                calls.append((room, call))
            }
        }
        calls.sort { ($0.call.at, $0.room, $0.call.order) < ($1.call.at, $1.room, $1.call.order) }
        return calls.map(\.call)
    }
}
