import Foundation
import Harness
import Signaling
import Testing
import Workload

/// The figures are worked out by hand in the literature of the design: ten candidates a side, no call and no response.
struct WhatIfTests {
    private static func bare(_ size: Int, agents: Int? = nil, joinRate: Double? = nil) -> WhatIf.Load {
        var load = WhatIf.Load()
        load.agents = agents ?? size
        load.roomSize = size
        load.joinRate = joinRate
        load.offererCandidates = 10
        load.answererCandidates = 10
        load.callsOnJoin = false
        load.greets = false
        return load
    }

    private static func row(_ load: WhatIf.Load, _ design: RoomDesign) throws -> WhatIf.Row {
        try #require(WhatIf(load, designs: [design]).rows.first)
    }

    private static func offer(_ id: String, of row: WhatIf.Row) throws -> WhatIf.OfferCost {
        try #require(row.offers.first { $0.id == id })
    }

    @Test(arguments: [
        (4, 132, 396, 264, 528), (10, 990, 8_910, 1_980, 9_900), (25, 6_600, 158_400, 13_200, 165_000),
        (50, 26_950, 1_320_550, 53_900, 1_347_500),
    ])
    func `a room costs what the formula says`(
        size: Int, messages: Int, broadcast: Int, routed: Double, billed: Double
    ) throws {
        let all = try Self.row(Self.bare(size), .broadcast)
        #expect(all.messages == messages)
        #expect(all.deliveries == broadcast)
        #expect(try Self.offer("ably", of: all).billedPerRoom == billed)
        let directed = try Self.row(Self.bare(size), .routed)
        #expect(directed.deliveries == messages)
        #expect(try Self.offer("ably", of: directed).billedPerRoom == routed)
    }

    @Test(arguments: [("ably", 3.37, 0.135), ("supabase", 3.37, 0.135), ("aws-iot", 1.35, 0.054)])
    func `a room of 50 costs dollars by broadcast and cents when routed`(
        id: String, broadcast: Double, routed: Double
    ) throws {
        let all = try Self.offer(id, of: try Self.row(Self.bare(50), .broadcast))
        #expect(abs(try #require(all.dollarsPerRoom) - broadcast) < 0.005)
        let directed = try Self.offer(id, of: try Self.row(Self.bare(50), .routed))
        #expect(abs(try #require(directed.dollarsPerRoom) - routed) < 0.0005)
    }

    @Test(arguments: [
        ("ably", "messages a second to a connection", 528.2), ("ably", "messages a second of an account", 539),
        ("supabase", "messages a second of a project", 539),
        ("firebase-rtdb", "responses a second of a database", 13.2),
    ])
    func `a limit bites before the money does`(id: String, name: String, seconds: Double) throws {
        let offer = try Self.offer(id, of: try Self.row(Self.bare(50), .broadcast))
        let limit = try #require(offer.limits.first { $0.name == name })
        #expect(abs(try #require(limit.seconds) - seconds) < 0.05)
        #expect(limit.share > 1)
    }

    @Test func `designs differ by the factors of the law`() throws {
        let load = Self.bare(10, agents: 1_000)
        let sent = 990
        #expect(try Self.row(load, .broadcastEcho).deliveries == sent * 10)
        #expect(try Self.row(load, .sharedTopic).deliveries == sent * 999)
        #expect(try Self.row(load, .inbox).deliveries == sent)
        #expect(try Self.row(load, .sfu).deliveries == 220)
        #expect(try Self.row(load, .sfuBroadcast).deliveries == 2_200)
    }

    @Test func `with a rate of joins, everything is a second, and the limit that bites first leads`() throws {
        var load = WhatIf.Load()
        load.agents = 5_000
        load.roomSize = 4
        load.joinRate = 20
        load.deliveriesPerCPUSecond = 10_000
        let row = try Self.row(load, .broadcast)
        // 6 pairs of 14 messages and 4 calls; a member joins 1, 2 and 3 others, and each pair's messages reach those.
        #expect(row.rooms == 1_250)
        #expect(row.messages == 4 + 6 * 14)
        #expect(row.deliveries == 6 + 14 * (1 * 1 + 2 * 2 + 3 * 3))
        let deliveries = try #require(row.deliveriesPerSecond)
        #expect(deliveries == 5 * Double(row.deliveries))
        #expect(row.cores == deliveries / 10_000)
        let ably = try Self.offer("ably", of: row)
        #expect(ably.limits.first?.name == "messages a second of an account")
        #expect(abs((ably.limits.first?.share ?? 0) - 0.58) < 1e-9)
        #expect(ably.limits == ably.limits.sorted { $0.share > $1.share })
        let month = try #require(ably.dollarsPerMonth)
        let messages = Double(row.messages + row.deliveries) * 5 * 2_592_000 * 2.5 / 1e6
        #expect(abs(month - (29 + messages + 5_000 * 43_200 / 1e6)) < 1e-6)
    }

    @Test func `half the room quarters the load of as many agents`() throws {
        let load = Self.bare(50, agents: 1_000)
        let rows = WhatIf(load, roomSizes: [50, 25], designs: [.broadcast]).rows
        let totals = rows.map { Double($0.rooms * $0.deliveries) }
        #expect(abs(totals[0] / totals[1] - 4) < 0.2)
    }

    @Test(arguments: [(Strategy.seed, 4 + 6 * 24), (.perfect, 4 + 6 * 35)])
    func `when all call at once, a pair takes what its strategy makes of glare`(
        strategy: Strategy, messages: Int
    ) throws {
        var load = Self.bare(4)
        load.greets = true
        load.strategy = strategy
        let row = try Self.row(load, .broadcast)
        #expect(row.messages == messages)
        #expect(row.deliveries == 3 * messages)
        #expect(WhatIf(load).text(servicesOf: []).contains(strategy == .seed ? "no pair connects" : "at most"))
    }

    @Test func `the page has what the text has, the sources, and what it was reckoned from`() throws {
        var load = Self.bare(4, agents: 5_000, joinRate: 20)
        load.messageBytes = 701
        let whatIf = WhatIf(load, roomSizes: [4, 16], basis: "</script><b>")
        let page = try whatIf.page(servicesOf: [.broadcast])
        for id in ["load", "growth", "services-4-broadcast", "services-16-broadcast", "reading"] {
            #expect(page.contains("<section id=\"\(id)\">"), "\(id)")
        }
        #expect(!page.contains("services-4-routed"))
        #expect(page.contains("701 bytes a message"))
        for offer in PriceList.current.offers { #expect(page.contains(offer.source), "\(offer.id)") }
        #expect(!page.contains("<b>"))
        #expect(page.contains("\"messageBytes\":701"))
    }

    @Test func `every offer has a source, and one that others gathered says so`() {
        for offer in PriceList.current.offers {
            #expect(offer.source.hasPrefix("https://"), "\(offer.id)")
            #expect(!offer.limits.isEmpty, "\(offer.id)")
        }
        #expect(PriceList.current.offers.contains { $0.secondary == true })
    }

    @Test(arguments: [
        ("{", "is not JSON"), ("{\"asOf\": \"2026\"}", "offers is missing"),
        (
            #"{"asOf":"x","offers":[{"id":"a","name":"a","source":"s","price":{"monthly":-1},"limits":[]}]}"#,
            "a price is below 0"
        ),
        (
            #"{"asOf":"x","offers":[{"id":"a","name":"a","source":"s","price":{},"limits":[{"name":"n","of":"x","per":"account","value":1}]}]}"#,
            "limits.[0].of"
        ),
    ])
    func `a price list with a mistake is refused`(json: String, message: String) {
        let error = #expect(throws: ProfileTextError.self) { try PriceList(json: Data(json.utf8), file: "mine.json") }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
}
