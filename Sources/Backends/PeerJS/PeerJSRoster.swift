import Synchronization

/// Who is in which room of a PeerServer, which knows only ids: the list that an application keeps beside it.
///
/// It is the driver's own, and knows the agents of this process alone; no room is spread over several.
final class PeerJSRoster: Sendable {
    /// Shared by all sessions, since those of one room are of one process.
    static let shared = PeerJSRoster()

    private struct Key: Hashable {
        var place: String
        var room: [UInt8]
    }

    private let rooms = Mutex<[Key: [[UInt8]]]>([:])

    /// Puts a member on the list of a room; `place` is the server and the key that its id belongs to.
    func add(_ member: [UInt8], to room: [UInt8], at place: String) {
        self.rooms.withLock { $0[Key(place: place, room: room), default: []].append(member) }
    }

    func remove(_ member: [UInt8], from room: [UInt8], at place: String) {
        let key = Key(place: place, room: room)
        self.rooms.withLock { rooms in
            guard var members = rooms.removeValue(forKey: key) else { return }
            if let index = members.firstIndex(of: member) { members.remove(at: index) }
            if !members.isEmpty { rooms[key] = members }
        }
    }

    /// The members of a room, in the order in which they came.
    func members(of room: [UInt8], at place: String) -> [[UInt8]] {
        self.rooms.withLock { $0[Key(place: place, room: room)] ?? [] }
    }
}
