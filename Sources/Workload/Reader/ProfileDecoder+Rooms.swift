extension ProfileDecoder {
    /// The keys of `rooms` of which a profile gives one.
    static let roomLayouts = ["size", "count", "sizes"]

    mutating func rooms(_ top: NodeReader.Section, agents: Int) -> Profile.Rooms {
        let section = self.reader.section(top["rooms"], "rooms", keys: ProfileKeys.inside("rooms"))
        var rooms = Profile.Rooms()
        rooms.fill = self.reader.choice(section, "fill", default: rooms.fill)
        let given = section.entries.filter { Self.roomLayouts.contains($0.key) }
        for entry in given.dropFirst() {
            self.reader.report("rooms.\(entry.key) contradicts rooms.\(given[0].key): give one", at: entry.keyPlace)
        }
        if let node = section["size"], let size = self.reader.whole(node, "rooms.size", in: 1...Profile.Rooms.largest) {
            rooms.layout = .size(size)
        }
        if let node = section["count"], let count = self.count(node, agents: agents) { rooms.layout = .count(count) }
        if let node = section["sizes"], let shares = self.shares(node) { rooms.layout = .sizes(shares) }
        return rooms
    }

    private mutating func count(_ node: ProfileNode, agents: Int) -> Int? {
        guard let count = self.reader.whole(node, "rooms.count", in: 1...Profile.agentRange.upperBound) else {
            return nil
        }
        if count > agents {
            self.reader.report("rooms.count: \(count) rooms for \(agents) agents leave some empty", at: node.place)
            return nil
        }
        let size = (agents + count - 1) / count
        if size > Profile.Rooms.largest {
            self.reader.report(
                "rooms.count: \(count) rooms for \(agents) agents have \(size) members, and may have"
                    + " \(Profile.Rooms.largest)", at: node.place)
            return nil
        }
        return count
    }

    private mutating func shares(_ node: ProfileNode) -> [Profile.Rooms.Share]? {
        let section = self.reader.section(node, "rooms.sizes", keys: nil)
        guard case .mapping = node.content else { return nil }
        let before = self.reader.diagnostics.count
        var shares: [Profile.Rooms.Share] = []
        for entry in section.entries {
            let key = ProfileNode(content: .scalar(entry.key), place: entry.keyPlace)
            let size = self.reader.whole(key, "a size of rooms.sizes", in: 1...Profile.Rooms.largest)
            let share = self.positiveShare(section, entry.key, default: .percent(1))
            if let size { shares.append(Profile.Rooms.Share(size: size, share: share)) }
        }
        guard self.reader.diagnostics.count == before else { return nil }
        let sum = shares.reduce(0) { $0 + $1.share.millionths }
        guard sum == 1_000_000 else {
            self.reader.report(
                "rooms.sizes: the shares add up to \(Profile.Ratio(millionths: sum).text), not 100%", at: node.place)
            return nil
        }
        return shares.sorted { $0.size < $1.size }
    }
}
