/// The fingerprint of a plan.
///
/// FNV-1a, 128 bits, over the following in this order; every number as eight bytes, least significant first, an
/// absent time as -1, a flag as 0 or 1, a text as its UTF-8 length and its UTF-8:
///
/// 1. the text `signalbench plan 1`, the seed, the timeout, the chatter period;
/// 2. phases: end of ramp, start and end of steady, limit of the drain;
/// 3. the number of rooms; of each its name, callsAt, the number of its members and their agents by slot;
/// 4. the number of agents; of each the number of its sessions and its chatter phase;
/// 5. the number of sessions; of each agent, instance, arrival, leave, whether it leaves early;
/// 6. the number of calls; of each session, time, order;
/// 7. the number of pairs; of each both sessions, start, whether it is censored.
enum PlanDigest {
    static func hexadecimal(
        seed: UInt64, timeout: Int64, chatterPeriod: Int64?, rooms: [PlannedRoom], agents: [PlannedAgent],
        sessions: [PlannedSession], calls: [PlannedCall], pairs: [PlannedPair], phases: PlannedPhases
    ) -> String {
        var digest = FNV128()
        digest.combine("signalbench plan 1")
        digest.combine(Int64(bitPattern: seed))
        digest.combine(timeout)
        digest.combine(chatterPeriod ?? -1)
        digest.combine(phases.rampEnd)
        digest.combine(phases.steadyStart)
        digest.combine(phases.steadyEnd)
        digest.combine(phases.drainLimit)
        digest.combine(rooms.count)
        for room in rooms {
            digest.combine(room.name)
            digest.combine(room.callsAt ?? -1)
            digest.combine(room.members.count)
            for agent in room.members { digest.combine(agent) }
        }
        digest.combine(agents.count)
        for agent in agents {
            digest.combine(agent.sessions.count)
            digest.combine(agent.chatterPhase)
        }
        digest.combine(sessions.count)
        for session in sessions {
            digest.combine(session.agent)
            digest.combine(session.instance)
            digest.combine(session.arrive)
            digest.combine(session.depart)
            digest.combine(session.departsEarly ? 1 : 0)
        }
        digest.combine(calls.count)
        for call in calls {
            digest.combine(call.session)
            digest.combine(call.at)
            digest.combine(call.order)
        }
        digest.combine(pairs.count)
        for pair in pairs {
            digest.combine(pair.sessionA)
            digest.combine(pair.sessionB)
            digest.combine(pair.start)
            digest.combine(pair.censored ? 1 : 0)
        }
        return digest.hexadecimal
    }
}
