import Testing
import Workload

struct ShardTests {
    @Test(arguments: [("0/1", 0, 1), ("0/4", 0, 4), ("3/4", 3, 4)])
    func `a shard is its number, from 0, of how many`(text: String, index: Int, count: Int) throws {
        let shard = try #require(Shard(text: text))
        #expect(shard.index == index && shard.count == count)
        #expect(shard.text == text)
    }

    @Test(arguments: ["", "1", "4/4", "-1/4", "0/0", "0/10001", "1/4/4", "a/4", "0/", "/4", " 0/4"])
    func `nothing else is one`(text: String) {
        #expect(Shard(text: text) == nil)
    }

    @Test(arguments: [1, 2, 3, 4, 7])
    func `every room is whole on one shard, and on one of its loops`(count: Int) throws {
        var profile = Profile()
        profile.agents = 90
        profile.rooms.layout = .size(4)
        let plan = Planner.plan(profile, seed: 5)
        let shards = try (0..<count).map { try #require(Shard(index: $0, count: count)) }
        for room in plan.rooms { #expect(shards.count { $0.holds(room: room.index) } == 1) }
        #expect(shards.reduce(0) { $0 + plan.rooms(of: $1) } == plan.rooms.count)
        #expect(shards.reduce(0) { $0 + plan.agents(of: $1) } == plan.agents.count)
        // Rooms of a shard are dealt evenly.
        for shard in shards {
            let own = plan.rooms.filter { shard.holds(room: $0.index) }
            let dealt = (0..<3).map { loop in own.count { shard.loop(ofRoom: $0.index, loops: 3) == loop } }
            #expect((dealt.max() ?? 0) - (dealt.min() ?? 0) <= 1, "\(dealt)")
        }
    }
}
