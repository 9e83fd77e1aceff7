package import Measure
package import Workload

/// What a capacity search varies, everything else of the profile staying as it is.
package enum CapacityAxis: String, CaseIterable, Codable, Sendable {
    /// Rooms of the profile's size; agents follow.
    case rooms
    /// Agents; their rooms are as the profile says.
    case agents
    /// Members of a room, of as many rooms as the profile makes; agents follow.
    case roomSize
    /// Arrivals a second.
    case joinRate
    /// Chatter of each agent, a second.
    case messageRate

    /// Whether a load is a count.
    var isWhole: Bool {
        switch self {
        case .rooms, .agents, .roomSize: true
        case .joinRate, .messageRate: false
        }
    }

    /// The bounds of a search that is given none, from the profile's own load.
    ///
    /// - Parameter base: the profile.
    /// - Returns: where to begin and where to end; nil when the profile's rooms are not all of one size.
    package func settings(_ base: Profile) -> CapacitySearch.Settings? {
        let size: Int? = if case .size(let size) = base.rooms.layout { size } else { nil }
        let agents = Double(base.agents)
        let most = Double(Profile.agentRange.upperBound)
        switch self {
        case .agents:
            return .init(start: agents, least: 2, most: most, isWhole: true)
        case .rooms:
            guard let size else { return nil }
            return .init(
                start: max(1, (agents / Double(size)).rounded(.up)), least: 1,
                most: (most / Double(size)).rounded(.down), isWhole: true)
        case .roomSize:
            guard let size else { return nil }
            return .init(
                start: Double(max(2, size)), least: 2, most: Double(Profile.Rooms.largest), isWhole: true)
        case .joinRate:
            return .init(start: base.arrival.rate.perSecond, least: 0.1, most: Profile.Rate.highest, isWhole: false)
        case .messageRate:
            return .init(start: base.chatter?.rate.perSecond ?? 1, least: 0.01, most: 1_000, isWhole: false)
        }
    }

    /// The keys that make the profile one of a load.
    ///
    /// - Parameters:
    ///   - load: whole for counts.
    ///   - base: the profile without them.
    /// - Returns: paths and values as a profile has them.
    func keys(_ load: Double, base: Profile) -> [(path: String, value: String)] {
        let size: Int = if case .size(let size) = base.rooms.layout { size } else { 1 }
        let count = Int(load.rounded())
        switch self {
        case .rooms: return [("agents", "\(count * size)")]
        case .agents: return [("agents", "\(count)")]
        case .roomSize:
            let rooms = max(1, (base.agents + size - 1) / size)
            return [("rooms.size", "\(count)"), ("agents", "\(rooms * count)")]
        case .joinRate: return [("arrival.rate", Profile.Rate(perSecond: load).text)]
        case .messageRate: return [("chatter.rate", Profile.Rate(perSecond: load).text)]
        }
    }

    /// A load in words: `412 rooms`.
    package func text(_ load: Double) -> String {
        let number = self.isWhole ? ProgressFigures.grouped(Int(load.rounded())) : FixedDecimal.short(load)
        switch self {
        case .rooms: return "\(number) rooms"
        case .agents: return "\(number) agents"
        case .roomSize: return "\(number) members a room"
        case .joinRate: return "\(number) joins/s"
        case .messageRate: return "\(number) messages/s of each agent"
        }
    }
}
