import Signaling

/// The first arrivals of all agents.
enum ArrivalTimes {
    /// Draws the arrivals of all agents.
    ///
    /// - Parameters:
    ///   - arrival: pattern and rate.
    ///   - count: how many agents.
    ///   - seed: the run's; only `poisson` draws.
    /// - Returns: nanoseconds after T0 by agent, never falling.
    static func of(_ arrival: Profile.Arrival, count: Int, seed: UInt64) -> [Int64] {
        let rate = arrival.rate.perSecond
        switch arrival.pattern {
        case .burst:
            return [Int64](repeating: 0, count: count)
        case .constant:
            return (0..<count).map { PlanTime.nanoseconds(Double($0) * 1e9 / rate) }
        case .ramp:
            // k arrivals have come when k = N (t ÷ T)², T = 2 N ÷ rate. The square root is exact by IEEE 754.
            let whole = 2e9 * Double(count) / rate
            return (1...max(1, count)).prefix(count).map {
                PlanTime.nanoseconds(whole * (Double($0) / Double(count)).squareRoot())
            }
        case .poisson:
            var random = SplitMix64(seed: RandomStream.arrival.seed(of: seed))
            var time: Int64 = 0
            return (0..<count).map { _ in
                time = min(PlanTime.farthest, time + RandomDraw.exponential(random.next(), mean: 1e9 / rate))
                return time
            }
        }
    }
}

/// When agents come and go.
struct Stays {
    let churn: Profile.Churn?
    let seed: UInt64

    /// The first session of an agent, as if the run never ended.
    func first(of agent: Int, arrive: Int64) -> PlannedSession {
        var random = self.random(of: agent)
        return self.session(of: agent, instance: 0, arrive: arrive, until: .max, &random)
    }

    /// All sessions, by agent and instance.
    ///
    /// - Parameters:
    ///   - arrivals: first arrivals by agent.
    ///   - end: the end of steady; nobody comes back at or after it.
    /// - Returns: at least one for each agent.
    func sessions(arrivals: [Int64], until end: Int64) -> [PlannedSession] {
        var sessions: [PlannedSession] = []
        sessions.reserveCapacity(arrivals.count)
        for (agent, arrival) in arrivals.enumerated() {
            var random = self.random(of: agent)
            var session = self.session(of: agent, instance: 0, arrive: arrival, until: end, &random)
            sessions.append(session)
            guard let rejoin = self.churn?.rejoin else { continue }
            while session.departsEarly, session.instance + 1 < PlannedSession.mostPerAgent {
                let away = RandomDraw.exponential(random.next(), mean: Double(rejoin.nanoseconds))
                let arrive = session.depart + away
                guard arrive < end else { break }
                session = self.session(
                    of: agent, instance: session.instance + 1, arrive: arrive, until: end, &random)
                sessions.append(session)
            }
        }
        return sessions
    }

    private func random(of agent: Int) -> SplitMix64 {
        SplitMix64(seed: RandomStream.churn.seed(of: self.seed, agent: agent))
    }

    private func session(
        of agent: Int, instance: Int, arrive: Int64, until end: Int64, _ random: inout SplitMix64
    ) -> PlannedSession {
        guard let churn = self.churn else {
            return PlannedSession(agent: agent, instance: instance, arrive: arrive, depart: end, departsEarly: false)
        }
        let stay = max(1, RandomDraw.exponential(random.next(), mean: Double(churn.stay.nanoseconds)))
        let depart = arrive + stay
        return PlannedSession(
            agent: agent, instance: instance, arrive: arrive, depart: min(depart, end), departsEarly: depart < end)
    }
}
