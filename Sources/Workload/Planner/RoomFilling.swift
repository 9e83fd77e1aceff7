/// Which agents share a room.
enum RoomFilling {
    /// Puts every agent into a room.
    ///
    /// - Parameters:
    ///   - rooms: layout and order of filling.
    ///   - agents: how many; at least 1.
    /// - Returns: agents by slot, for each room.
    static func members(_ rooms: Profile.Rooms, agents: Int) -> [[Int]] {
        let capacities = self.capacities(rooms.layout, agents: agents, fill: rooms.fill)
        var members = capacities.map { capacity in
            var room: [Int] = []
            room.reserveCapacity(capacity)
            return room
        }
        switch rooms.fill {
        case .sequential:
            var agent = 0
            for (room, capacity) in capacities.enumerated() {
                members[room] = Array(agent..<agent + capacity)
                agent += capacity
            }
        case .interleaved:
            // Round and round; where all rooms are alike, agent k joins room k mod count.
            var open = Array(capacities.indices)
            var agent = 0
            while agent < agents {
                for room in open where agent < agents {
                    members[room].append(agent)
                    agent += 1
                }
                open.removeAll { members[$0].count == capacities[$0] }
            }
        }
        return members
    }

    /// How many members each room takes; their sum is `agents`.
    private static func capacities(_ layout: Profile.Rooms.Layout, agents: Int, fill: Profile.Rooms.Fill) -> [Int] {
        switch layout {
        case .count(let count):
            return self.even(agents, over: min(count, agents))
        case .size(let size):
            let count = (agents + size - 1) / size
            switch fill {
            case .interleaved: return self.even(agents, over: count)
            case .sequential: return (0..<count).map { min(size, agents - $0 * size) }
            }
        case .sizes(let shares):
            return self.mixed(shares, agents: agents)
        }
    }

    /// The first rooms take one more where the division leaves a rest.
    private static func even(_ agents: Int, over count: Int) -> [Int] {
        (0..<count).map { agents / count + ($0 < agents % count ? 1 : 0) }
    }

    /// Sizes in turn, always the one that is furthest behind its share; the last room takes what is left.
    private static func mixed(_ shares: [Profile.Rooms.Share], agents: Int) -> [Int] {
        var capacities: [Int] = []
        var made = [Int64](repeating: 0, count: shares.count)
        var left = agents
        while left > 0 {
            let rooms = Int64(capacities.count) + 1
            let behind = shares.indices.map { shares[$0].share.millionths * rooms - made[$0] * 1_000_000 }
            var next = 0
            for index in shares.indices where behind[index] > behind[next] { next = index }
            made[next] += 1
            capacities.append(min(shares[next].size, left))
            left -= capacities[capacities.count - 1]
        }
        return capacities
    }
}
