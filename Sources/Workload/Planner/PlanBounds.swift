/// How long and how large a plan will be, before it is made; and what one machine can carry out.
///
/// All in floating point, which no value of a key can make overflow.
struct PlanBounds {
    /// From the first arrival to the end of the drain.
    static let longest = Profile.Duration.seconds(24 * 3600)

    /// Sessions and pairs together: a few gigabytes.
    static let mostRecords = 100_000_000.0

    /// One part of a plan, and the keys that it follows from.
    struct Part {
        var paths: [String]
        var seconds: Double
    }

    let parts: [Part]
    /// Sessions and pairs.
    let records: Double

    /// The expected length; that of Poisson arrivals varies.
    var seconds: Double { self.parts.reduce(0) { $0 + $1.seconds } }

    init(_ profile: Profile) {
        let agents = Double(profile.agents)
        let room = Self.largestRoom(profile)
        let callers = profile.calls.when == .join ? room : Double(profile.calls.callers.count(in: Int(room)))
        let rooms = ["rooms.size", "rooms.count", "rooms.sizes", "agents"]
        let phases = profile.phases
        self.parts = [
            Part(paths: ["arrival.rate", "agents", "arrival.pattern"], seconds: Self.arrivals(profile)),
            Part(paths: ["calls.gap", "calls.spread", "calls.callers"] + rooms, seconds: Self.calls(profile, callers)),
            Part(paths: ["phases.warmup"], seconds: phases.warmup.seconds),
            Part(paths: ["phases.steady"], seconds: phases.steady.seconds),
            Part(paths: ["phases.leave"], seconds: profile.leaveTime.seconds),
            Part(paths: ["phases.drain"], seconds: phases.drain.seconds),
        ]
        var sessions = 1.0
        if let churn = profile.churn {
            let length = phases.warmup.seconds + phases.steady.seconds + Self.arrivals(profile)
            let cycle = max(1e-9, churn.stay.seconds + churn.rejoin.seconds)
            sessions = min(Double(PlannedSession.mostPerAgent), max(1, length / cycle))
        }
        let pairs = callers * (room - callers) + callers * (callers - 1) / 2
        self.records = sessions * agents * (1 + pairs / room)
    }

    /// Seconds to the last first arrival.
    private static func arrivals(_ profile: Profile) -> Double {
        let agents = Double(profile.agents)
        return switch profile.arrival.pattern {
        case .burst: 0
        case .constant: (agents - 1) / profile.arrival.rate.perSecond
        case .poisson: agents / profile.arrival.rate.perSecond
        case .ramp: 2 * agents / profile.arrival.rate.perSecond
        }
    }

    /// Seconds from the last first arrival to the last call.
    private static func calls(_ profile: Profile, _ callers: Double) -> Double {
        if let replay = profile.replay { return replay.seconds }
        guard profile.calls.when == .present else { return 0 }
        let settling = Double(Planner.settleMargin) / 1e9
        return settling + (profile.calls.spread?.seconds ?? max(0, callers - 1) * profile.calls.gap.seconds)
    }

    private static func largestRoom(_ profile: Profile) -> Double {
        let size =
            switch profile.rooms.layout {
            case .size(let size): size
            case .count(let count): (profile.agents + count - 1) / max(1, count)
            case .sizes(let shares): shares.map(\.size).max() ?? 1
            }
        return Double(max(1, min(size, profile.agents)))
    }

    /// A length for messages: in hours where it is beyond counting in seconds.
    static func text(seconds: Double) -> String {
        seconds < 200_000 ? "\(Int(seconds.rounded(.up)))s" : Decimal.plain((seconds / 3600).rounded()) + "h"
    }
}
