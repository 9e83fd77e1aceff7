import Testing

@testable import Workload

@Suite struct RoomFillingTests {
    @Test(arguments: [
        (Profile.Rooms.Layout.size(4), Profile.Rooms.Fill.sequential, 10, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]),
        (.size(4), .interleaved, 10, [[0, 3, 6, 9], [1, 4, 7], [2, 5, 8]]),
        (.size(4), .interleaved, 8, [[0, 2, 4, 6], [1, 3, 5, 7]]),
        (.size(100), .interleaved, 3, [[0, 1, 2]]),
        (.size(1), .interleaved, 3, [[0], [1], [2]]),
        (.count(3), .interleaved, 7, [[0, 3, 6], [1, 4], [2, 5]]),
        (.count(3), .sequential, 7, [[0, 1, 2], [3, 4], [5, 6]]),
    ])
    func `rooms fill`(layout: Profile.Rooms.Layout, fill: Profile.Rooms.Fill, agents: Int, expected: [[Int]]) {
        var rooms = Profile.Rooms()
        rooms.layout = layout
        rooms.fill = fill
        #expect(RoomFilling.members(rooms, agents: agents) == expected)
    }

    @Test(arguments: Profile.Rooms.Fill.allCases)
    func `mixed sizes keep their shares`(fill: Profile.Rooms.Fill) {
        var rooms = Profile.Rooms()
        rooms.layout = .sizes([
            Profile.Rooms.Share(size: 2, share: .percent(60)), Profile.Rooms.Share(size: 4, share: .percent(30)),
            Profile.Rooms.Share(size: 8, share: .percent(10)),
        ])
        rooms.fill = fill
        let members = RoomFilling.members(rooms, agents: 3200)
        #expect(members.count == 1000)
        #expect(members.count { $0.count == 2 } == 600)
        #expect(members.count { $0.count == 4 } == 300)
        #expect(members.count { $0.count == 8 } == 100)
        #expect(members.flatMap { $0 }.sorted() == Array(0..<3200))
    }

    @Test func `the last room takes what is left`() {
        var rooms = Profile.Rooms()
        rooms.layout = .sizes([Profile.Rooms.Share(size: 8, share: .percent(100))])
        let members = RoomFilling.members(rooms, agents: 11)
        #expect(members == [[0, 2, 4, 6, 7, 8, 9, 10], [1, 3, 5]])
    }

    @Test func `every agent stands in one room, in the order of arrival`() {
        for agents in [1, 2, 7, 100, 101] {
            for layout in [Profile.Rooms.Layout.size(3), .size(50), .count(1)] {
                for fill in Profile.Rooms.Fill.allCases {
                    var rooms = Profile.Rooms()
                    rooms.layout = layout
                    rooms.fill = fill
                    let members = RoomFilling.members(rooms, agents: agents)
                    #expect(members.flatMap { $0 }.sorted() == Array(0..<agents))
                    #expect(members.allSatisfy { $0 == $0.sorted() && !$0.isEmpty })
                }
            }
        }
    }
}
