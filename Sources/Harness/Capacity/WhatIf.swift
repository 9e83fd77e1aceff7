package import Signaling
package import Workload

/// What rooms of other sizes, other designs and other services would cost: by formula, nothing is run.
package struct WhatIf: Codable, Equatable, Sendable {
    /// What is assumed of the load.
    package struct Load: Codable, Equatable, Sendable {
        package var agents = 200
        package var roomSize = 4
        /// Joins a second; absent: only single rooms are reckoned with.
        package var joinRate: Double?
        package var offererCandidates = 8
        package var answererCandidates = 3
        /// Whether each member calls as it joins; else a room's members are all there before the first calls.
        package var callsOnJoin = true
        /// How pairs come to terms when all members of a room call at the same moment; absent: they call one by one.
        package var strategy: Strategy?
        /// Whether a pair begins with a call to the room and a response.
        package var greets = true
        /// Mean bytes of a message.
        package var messageBytes = 700.0
        /// Bytes that come to each message on the wire.
        package var overheadBytes = 8.0
        /// Seconds within which a join, or a room of members that are all there, is to be negotiated.
        package var settle = 10.0
        /// Of the measured backend; absent: nothing was measured.
        package var deliveriesPerCPUSecond: Double?

        package init() {}

        /// The mesh of a room of this load.
        func mesh(members: Int) -> MeshArithmetic {
            MeshArithmetic(
                members: members, offererCandidates: self.offererCandidates,
                answererCandidates: self.answererCandidates,
                joining: self.strategy.map { .glare($0) }
                    ?? (self.callsOnJoin ? .oneByOne : .present(callers: members)), greets: self.greets)
        }
    }

    /// One size of rooms with one design.
    package struct Row: Codable, Equatable, Sendable {
        package var roomSize: Int
        package var rooms: Int
        package var design: RoomDesign
        /// To form one room.
        package var messages: Int
        package var deliveries: Int
        package var useful: Int
        package var wireBytes: Double
        /// At the given rate of joins; absent without one.
        package var messagesPerSecond: Double?
        package var deliveriesPerSecond: Double?
        package var wireBytesPerSecond: Double?
        /// Of the measured backend, if it took as much CPU for each delivery as it did; absent when nothing was
        /// measured or no rate is given.
        package var cores: Double?
        package var offers: [OfferCost]
    }

    /// A row at one service.
    package struct OfferCost: Codable, Equatable, Sendable {
        package var id: String
        package var name: String
        package var source: String
        package var seen: String?
        package var secondary: Bool
        /// Messages billed for one room; absent when messages have no price.
        package var billedPerRoom: Double?
        /// US dollars for one room, without fees and what is included; absent when messages have no price.
        package var dollarsPerRoom: Double?
        /// US dollars for 30 days at the given rate; absent without one, or when messages have no price.
        package var dollarsPerMonth: Double?
        package var unpriced: String?
        /// By how much of them is used, most first.
        package var limits: [LimitUse]
    }

    /// How much of a limit is used.
    package struct LimitUse: Codable, Equatable, Sendable {
        package var name: String
        package var value: Double
        /// What is asked for, in the limit's unit.
        package var needed: Double
        /// `needed ÷ value`: above 1 it does not fit.
        package var share: Double
        /// How long the limit takes for one room, or for one join; absent for counts.
        package var seconds: Double?
    }

    package var load: Load
    /// The day of the price list.
    package var pricesAsOf: String
    /// What was taken from a result: its backend and profile; absent without one.
    package var basis: String?
    package var rows: [Row]

    /// Reckons every size with every design.
    ///
    /// - Parameters:
    ///   - load: what is assumed.
    ///   - roomSizes: sizes of rooms; the load's own when empty.
    ///   - designs: which designs.
    ///   - prices: the services.
    ///   - basis: what the load was taken from.
    package init(
        _ load: Load, roomSizes: [Int] = [], designs: [RoomDesign] = RoomDesign.allCases,
        prices: PriceList = .current, basis: String? = nil
    ) {
        self.load = load
        self.pricesAsOf = prices.asOf
        self.basis = basis
        let sizes = roomSizes.isEmpty ? [load.roomSize] : roomSizes
        self.rows = sizes.flatMap { size in
            designs.map { design in
                let demand = RoomDemand(load, size: size, design: design)
                return demand.row(offers: prices.offers.map(demand.cost))
            }
        }
    }
}

/// What rooms of one size and design ask of whatever carries them.
struct RoomDemand {
    private let load: WhatIf.Load
    private let size: Int
    private let rooms: Int
    private let design: RoomDesign
    /// Of one room.
    private let room: MeshTotals
    /// Of what has to be settled together: the last join, or the whole room.
    private var burst: MeshTotals

    init(_ load: WhatIf.Load, size: Int, design: RoomDesign) {
        self.load = load
        self.size = size
        self.rooms = max(1, (load.agents + size - 1) / size)
        self.design = design
        self.room = design.totals(load.mesh(members: size), population: load.agents)
        self.burst = self.room
        guard load.callsOnJoin, size > 1 else { return }
        let before = design.totals(load.mesh(members: size - 1), population: load.agents)
        self.burst = MeshTotals(
            messages: self.room.messages - before.messages, deliveries: self.room.deliveries - before.deliveries,
            useful: self.room.useful - before.useful)
    }

    /// Rooms formed a second.
    private var roomRate: Double? { self.load.joinRate.map { $0 / Double(self.size) } }

    private var wireBytes: Double {
        Double(self.room.messages + self.room.deliveries) * (self.load.messageBytes + self.load.overheadBytes)
    }

    func row(offers: [WhatIf.OfferCost]) -> WhatIf.Row {
        let deliveries = self.roomRate.map { $0 * Double(self.room.deliveries) }
        return WhatIf.Row(
            roomSize: self.size, rooms: self.rooms, design: self.design, messages: self.room.messages,
            deliveries: self.room.deliveries, useful: self.room.useful, wireBytes: self.wireBytes,
            messagesPerSecond: self.roomRate.map { $0 * Double(self.room.messages) },
            deliveriesPerSecond: deliveries, wireBytesPerSecond: self.roomRate.map { $0 * self.wireBytes },
            cores: self.load.deliveriesPerCPUSecond.flatMap { speed in deliveries.map { $0 / speed } },
            offers: offers)
    }

    // MARK: - Money

    func cost(at offer: PriceList.Offer) -> WhatIf.OfferCost {
        var cost = WhatIf.OfferCost(
            id: offer.id, name: offer.name, source: offer.source, seen: offer.seen,
            secondary: offer.secondary ?? false, unpriced: offer.unpriced,
            limits: offer.limits.map(self.use).sorted { $0.share > $1.share })
        guard offer.unpriced == nil else { return cost }
        let price = offer.price
        let units = price.units(bytes: self.load.messageBytes)
        let incoming = Double(self.room.messages) * units
        let outgoing = Double(self.room.deliveries) * units
        cost.billedPerRoom = incoming + outgoing
        let messages = (incoming * (price.perMillionIn ?? 0) + outgoing * (price.perMillionOut ?? 0)) / 1e6
        cost.dollarsPerRoom = messages + self.wireBytes / 1e9 * (price.perGigabyte ?? 0)
        cost.dollarsPerMonth = self.roomRate.map { rate in
            let month = 30.0 * 86_400
            // Included messages are of the mean price.
            let billed = rate * month * (incoming + outgoing)
            let charged = billed > 0 ? max(0, billed - (price.includedMessages ?? 0)) / billed : 0
            let gigabytes = max(0, rate * month * self.wireBytes / 1e9 - (price.includedGigabytes ?? 0))
            let minutes = max(0, Double(self.load.agents) * month / 60 - (price.includedConnectionMinutes ?? 0))
            return (price.monthly ?? 0) + rate * month * messages * charged + gigabytes * (price.perGigabyte ?? 0)
                + minutes / 1e6 * (price.perMillionConnectionMinutes ?? 0)
        }
        return cost
    }

    // MARK: - Limits

    private func use(_ limit: PriceList.Limit) -> WhatIf.LimitUse {
        let needed: Double
        var seconds: Double?
        switch limit.of {
        case .connections: needed = Double(self.load.agents)
        case .joins: needed = self.load.joinRate ?? 0
        case .members: needed = Double(self.design == .sharedTopic ? self.load.agents : self.size)
        case .publishes, .deliveries, .messages:
            let count = Self.count(self.burst, limit.of) * self.share(limit)
            // One room or join has to settle; all of them together have to be carried.
            var rate = count / self.load.settle
            if let rooms = self.roomRate, limit.per == .account || self.isShared(limit) {
                let members = limit.per == .connection ? Double(self.load.agents) : 1
                rate = max(
                    limit.per == .account ? 0 : rate, rooms * Self.count(self.room, limit.of) / members)
            }
            needed = rate
            let total = limit.per == .account ? Self.count(self.room, limit.of) : count
            seconds = total / limit.value
        }
        return WhatIf.LimitUse(
            name: limit.name, value: limit.value, needed: needed, share: needed / limit.value, seconds: seconds)
    }

    /// Whether a channel, or what a connection reads, is the same for all rooms.
    private func isShared(_ limit: PriceList.Limit) -> Bool {
        self.design == .sharedTopic && (limit.per == .channel || limit.of == .deliveries)
    }

    private static func count(_ totals: MeshTotals, _ kind: PriceList.Limit.Kind) -> Double {
        switch kind {
        case .publishes: Double(totals.messages)
        case .deliveries: Double(totals.deliveries)
        case .messages: Double(totals.messages + totals.deliveries)
        case .joins, .connections, .members: 0
        }
    }

    /// Which part of a burst meets one limit of its kind.
    private func share(_ limit: PriceList.Limit) -> Double {
        guard limit.per == .connection else { return 1 }
        let members = Double(self.design == .sharedTopic && limit.of == .deliveries ? self.load.agents : self.size)
        // Of a join, the one who comes sends half, and everybody else a little.
        return self.load.callsOnJoin && limit.of == .publishes ? 0.5 : 1 / members
    }
}
