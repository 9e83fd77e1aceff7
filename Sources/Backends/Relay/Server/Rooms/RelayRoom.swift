import NIOCore

/// The members of one room; confined to the loop of its ``RelayHub``, which is what puts its messages into one order.
final class RelayRoom {
    /// A member and the moment it came, counted in events of the room.
    struct Seat: Sendable {
        let member: RelayMember
        let joinedAt: UInt64
    }

    let name: [UInt8]
    /// Events so far: messages, arrivals and departures.
    private(set) var events: UInt64 = 0
    /// The members by the loop of their connection.
    private(set) var seats: [[Seat]]
    private var places: [UInt64: (loop: Int, index: Int)] = [:]

    init(name: [UInt8], loops: Int) {
        self.name = name
        self.seats = Array(repeating: [], count: loops)
    }

    var isEmpty: Bool { self.places.isEmpty }

    /// Counts an event.
    ///
    /// - Returns: its number; who joined later than that does not get it.
    func nextEvent() -> UInt64 {
        self.events += 1
        return self.events
    }

    /// The seat of a member; nil when it is not in the room.
    func seat(of id: UInt64) -> Seat? { self.places[id].map { self.seats[$0.loop][$0.index] } }

    /// Lets a member in.
    ///
    /// - Returns: whether it was not in the room before.
    func add(_ member: RelayMember) -> Bool {
        guard self.places[member.id] == nil else { return false }
        self.places[member.id] = (member.loop, self.seats[member.loop].count)
        self.seats[member.loop].append(Seat(member: member, joinedAt: self.events))
        return true
    }

    /// Lets a member go; the last one of its loop takes its seat.
    ///
    /// - Returns: whether it was in the room.
    func remove(_ id: UInt64) -> Bool {
        guard let place = self.places.removeValue(forKey: id) else { return false }
        let last = self.seats[place.loop].removeLast()
        if last.member.id != id {
            self.seats[place.loop][place.index] = last
            self.places[last.member.id] = place
        }
        return true
    }
}

@available(*, unavailable)
extension RelayRoom: Sendable {}
