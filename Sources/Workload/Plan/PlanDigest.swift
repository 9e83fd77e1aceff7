/// The fingerprint of a plan.
///
/// FNV-1a, 128 bits, over the following in this order; every number as eight bytes, least significant first, an
/// absent time as -1, a flag as 0 or 1, a text as its UTF-8 length and its UTF-8:
///
/// 1. the text `signalbench plan 2`, the seed, the timeout, the chatter period;
/// 2. phases: end of ramp, start and end of steady, end of the leave, limit of the drain;
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
        digest.combine("signalbench plan 2")
        digest.combine(Int64(bitPattern: seed))
        digest.combine(timeout)
        digest.combine(chatterPeriod ?? -1)
        digest.combine(phases.rampEnd)
        digest.combine(phases.steadyStart)
        digest.combine(phases.steadyEnd)
        digest.combine(phases.leaveEnd)
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

/// The 128-bit FNV-1a hash: a fingerprint, not cryptography.
///
/// Values are fed in a byte order that is part of each digest's definition: integers as eight bytes, least
/// significant first; text as its UTF-8 length and then its UTF-8.
/// (Fowler, Noll, Vo; draft-eastlake-fnv, section 2.)
struct FNV128 {
    private var high: UInt64 = 0x6c62_272e_07bb_0142
    private var low: UInt64 = 0x62b8_2175_6295_c58d

    /// Feeds one byte.
    @inline(__always)
    mutating func combine(byte: UInt8) {
        // The prime is 2^88 + 0x13b.
        self.low ^= UInt64(byte)
        let product = self.low.multipliedFullWidth(by: 0x13b)
        self.high = self.high &* 0x13b &+ product.high &+ (self.low << 24)
        self.low = product.low
    }

    /// Feeds an integer as eight bytes, least significant first.
    @inline(__always)
    mutating func combine(_ value: Int64) {
        var rest = UInt64(bitPattern: value)
        for _ in 0..<8 {
            self.combine(byte: UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// Feeds an integer as eight bytes, least significant first.
    @inline(__always)
    mutating func combine(_ value: Int) { self.combine(Int64(value)) }

    /// Feeds a text: the number of its UTF-8 bytes, then the bytes.
    mutating func combine(_ text: String) {
        self.combine(text.utf8.count)
        for byte in text.utf8 { self.combine(byte: byte) }
    }

    /// The digest as 32 hexadecimal digits.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(32)
        for word in [self.high, self.low] {
            for shift in stride(from: 60, through: 0, by: -4) { text.append(digits[Int((word >> UInt64(shift)) & 15)]) }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
