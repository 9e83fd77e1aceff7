import ArgumentParser
import Harness
import Signaling
import Workload

extension RoomDesign: ExpressibleByArgument {}
extension Strategy: ExpressibleByArgument {}

/// `signalbench whatif`.
struct WhatIfCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whatif",
        abstract: "Says what other room sizes, designs and services would take and cost, by formula.",
        discussion: """
            Example:
              signalbench whatif --agents 5000 --room-size 4 --join-rate 20/s
              signalbench whatif Reports/20251124T020405Z-mesh-8-relay/report.json --room-size 4 --room-size 16
              signalbench whatif --room-size 50 --candidates 10 --calls present --bare --provider ably
              signalbench whatif --agents 5000 --room-size 4 --room-size 8 --join-rate 20/s --html whatif.html
              signalbench whatif --list-prices > mine.json; signalbench whatif --prices mine.json --format json

            From a result come its agents, room size, rate of joins, candidates, and as measured the bytes of
            a message and the backend's CPU; flags win over them. Chatter is left out.
            """)

    @Argument(help: "A report.json; without, flags and defaults say it all.")
    var result: String?

    @Option(
        name: [.long, .customLong("users")], help: ArgumentHelp("Agents of all rooms together.", valueName: "n"))
    var agents: Int?

    @Option(help: ArgumentHelp("Members of a room; repeat it to compare.", valueName: "n"))
    var roomSize: [Int] = []

    @Option(help: ArgumentHelp("Joins a second.", valueName: "20/s"))
    var joinRate: String?

    @Option(help: ArgumentHelp("Candidates of each side of a pair; 0 when they travel in the SDP.", valueName: "n"))
    var candidates: Int?

    @Option(help: ArgumentHelp("When members call: join, or present when all are there.", valueName: "when"))
    var calls: Profile.Calls.When?

    @Option(
        help: ArgumentHelp(
            "All members call at the same moment, and pairs come to terms like this: seed or perfect.",
            valueName: "name"))
    var strategy: Strategy?

    @Flag(help: "Count offers, answers and candidates alone, without the call and the response before them.")
    var bare = false

    @Option(help: ArgumentHelp("Mean bytes of a message.", valueName: "n"))
    var bytes: Double?

    @Option(help: ArgumentHelp("How long a join may take to be negotiated.", valueName: "10s"))
    var settle: String?

    @Option(
        help: ArgumentHelp(
            "broadcast, broadcast-echo, routed, inbox, shared-topic, sfu or sfu-broadcast; repeat it for more.",
            valueName: "name"))
    var design: [RoomDesign] = []

    @Option(help: ArgumentHelp("A service of the price list; repeat it for more.", valueName: "id"))
    var provider: [String] = []

    @Option(help: ArgumentHelp("Prices and limits in place of those that the program carries.", valueName: "file"))
    var prices: String?

    @Flag(help: "Print the price list and end.")
    var listPrices = false

    @Option(help: ArgumentHelp("Write a page as well.", valueName: "file"))
    var html: String?

    @Option(
        help: ArgumentHelp("What standard output gets: text, or json for the whole reckoning.", valueName: "format"))
    var format = OutputFormat.text

    func run() throws {
        var prices = try self.prices.map { try PriceFile.read($0) } ?? .current
        if self.listPrices { return try JSONOutput.print(prices) }
        if !self.provider.isEmpty { prices.offers = try self.provider.map { try Self.offer($0, in: prices) } }
        let basis = try self.result.map { try WhatIf.Basis(ResultFile.read($0), file: $0) }
        let load = try self.load(basis?.load ?? WhatIf.Load())
        let whatIf = WhatIf(
            load, roomSizes: self.roomSize, designs: self.design.isEmpty ? RoomDesign.allCases : self.design,
            prices: prices, basis: basis?.name)
        let shown: Set<RoomDesign> = self.design.isEmpty ? [basis?.design ?? .broadcast] : Set(self.design)
        if let html = self.html { try PageFile.write(whatIf.page(servicesOf: shown), to: html) }
        if self.format == .json { return try JSONOutput.print(whatIf) }
        print(whatIf.text(servicesOf: shown))
    }

    private func load(_ base: WhatIf.Load) throws(HarnessError) -> WhatIf.Load {
        var load = base
        var counts: [(flag: String, value: Int?, range: ClosedRange<Int>)] = [
            ("--agents", self.agents, Profile.agentRange), ("--candidates", self.candidates, 0...256),
        ]
        for size in self.roomSize { counts.append(("--room-size", size, 1...Profile.Rooms.largest)) }
        for (flag, value, range) in counts {
            guard let value, !range.contains(value) else { continue }
            throw HarnessError(
                .badFlag, "\(flag) \(value) is not between \(range.lowerBound) and \(range.upperBound)",
                cure: "give another number")
        }
        if let agents = self.agents { load.agents = agents }
        if let size = self.roomSize.first { load.roomSize = size }
        if let candidates = self.candidates {
            load.offererCandidates = candidates
            load.answererCandidates = candidates
        }
        if let when = self.calls { load.callsOnJoin = when == .join }
        if let strategy = self.strategy {
            load.strategy = strategy
            load.callsOnJoin = false
        }
        if self.bare { load.greets = false }
        if let bytes = self.bytes {
            guard bytes > 0, bytes.isFinite else {
                throw HarnessError(.badFlag, "--bytes \(bytes) is not above 0", cure: "for example --bytes 700")
            }
            load.messageBytes = bytes
        }
        if let text = self.joinRate {
            load.joinRate = try Self.above0("--join-rate", text, example: "20/s") {
                try Profile.Rate(text: $0).perSecond
            }
        }
        if let text = self.settle {
            load.settle = try Self.above0("--settle", text, example: "10s") { try Profile.Duration(text: $0).seconds }
        }
        return load
    }

    private static func above0(
        _ flag: String, _ text: String, example: String, _ read: (String) throws -> Double
    ) throws(HarnessError) -> Double {
        let value: Double
        do {
            value = try read(text)
        } catch {
            let reason = (error as? ProfileTextError)?.message ?? "cannot be read"
            throw HarnessError(.badFlag, "\(flag) '\(text)' \(reason)", cure: "for example \(flag) \(example)")
        }
        guard value > 0 else {
            throw HarnessError(.badFlag, "\(flag) \(text) is not above 0", cure: "for example \(flag) \(example)")
        }
        return value
    }

    private static func offer(_ id: String, in prices: PriceList) throws(HarnessError) -> PriceList.Offer {
        guard let offer = prices.offers.first(where: { $0.id == id }) else {
            let ids = prices.offers.map(\.id)
            throw HarnessError(
                .badFlag, "no service '\(id)'" + Spelling.hint(for: id, among: ids),
                cure: "one of: \(ids.joined(separator: ", "))")
        }
        return offer
    }
}

extension Profile.Calls.When: ExpressibleByArgument {}
