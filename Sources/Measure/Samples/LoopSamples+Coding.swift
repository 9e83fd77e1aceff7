package import Signaling

/// The samples of a run as a part of a larger one keeps them: nothing is lost but the samples of faults.
///
/// Times are those of the process's own clock; ``rebase(from:)`` makes them count from T0 before they leave it.
extension LoopSamples: Codable {
    private enum CodingKeys: String, CodingKey {
        case signaling, chatter, toForeign, session, ledger, distributions, pairs, roomsComplete, roomsCompleteAt
        case outages, busiestLoop, loopSeconds, causes, unknownEvents
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        self.signaling = try container.decode(TrafficCounters.self, forKey: .signaling)
        self.chatter = try container.decode(TrafficCounters.self, forKey: .chatter)
        self.toForeign = try container.decode(TrafficCounters.self, forKey: .toForeign)
        self.session = try container.decode(SessionCounters.self, forKey: .session)
        self.ledger = try container.decode(LedgerTotals.self, forKey: .ledger)
        let distributions = try container.decode([String: LatencyHistogram].self, forKey: .distributions)
        for (path, histogram) in distributions {
            guard let probe = Probe.allCases.first(where: { $0.path == path }) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .distributions, in: container, debugDescription: "there is no distribution '\(path)'")
            }
            self[probe] = histogram
        }
        self.pairs = try container.decode([PairOutcome].self, forKey: .pairs)
        self.roomsComplete = try container.decode(UInt64.self, forKey: .roomsComplete)
        self.roomsCompleteAt = try container.decode([Double].self, forKey: .roomsCompleteAt)
        self.outages = try container.decode([Outage].self, forKey: .outages)
        self.busiestLoop = try container.decode(Double.self, forKey: .busiestLoop)
        self.loopSeconds = try container.decode(Double.self, forKey: .loopSeconds)
        self.causes = try container.decode(CauseLog.self, forKey: .causes)
        let events = try container.decode([String: UInt64].self, forKey: .unknownEvents)
        for (name, count) in events.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            self.unknownEvents.add(name, count)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.signaling, forKey: .signaling)
        try container.encode(self.chatter, forKey: .chatter)
        try container.encode(self.toForeign, forKey: .toForeign)
        try container.encode(self.session, forKey: .session)
        try container.encode(self.ledger, forKey: .ledger)
        var distributions: [String: LatencyHistogram] = [:]
        for probe in Probe.allCases where self[probe] != LatencyHistogram() { distributions[probe.path] = self[probe] }
        try container.encode(distributions, forKey: .distributions)
        try container.encode(self.pairs, forKey: .pairs)
        try container.encode(self.roomsComplete, forKey: .roomsComplete)
        try container.encode(self.roomsCompleteAt, forKey: .roomsCompleteAt)
        try container.encode(self.outages, forKey: .outages)
        try container.encode(self.busiestLoop, forKey: .busiestLoop)
        try container.encode(self.loopSeconds, forKey: .loopSeconds)
        try container.encode(self.causes, forKey: .causes)
        try container.encode(self.unknownEvents.counts, forKey: .unknownEvents)
    }

    /// Makes all times count from T0.
    ///
    /// - Parameter origin: T0 on the clock that they were read from.
    package mutating func rebase(from origin: Instant) {
        for index in self.pairs.indices { self.pairs[index].rebase(from: origin) }
    }
}

extension PairOutcome {
    mutating func rebase(from origin: Instant) {
        func moved(_ time: Instant) -> Instant { Instant(nanoseconds: time - origin) }
        let old = self.progress
        var progress = PairProgress(
            sessionA: old.sessionA, sessionB: old.sessionB, room: old.room, start: moved(old.start),
            isCensored: old.isCensored)
        progress.steps = old.steps
        progress.negotiatedAt = old.negotiatedAt.map(moved)
        progress.connectableAt = old.connectableAt.map(moved)
        progress.planned = old.planned
        progress.ending = old.ending
        progress.lastEvent = old.lastEvent
        progress.breaks = old.breaks.map { old in
            var new = PairBreak(at: moved(old.at))
            new.mendedAt = old.mendedAt.map(moved)
            return new
        }
        self.progress = progress
        for index in self.history.indices { self.history[index].at = moved(self.history[index].at) }
    }
}

/// A pair as one list of numbers, because a run may have millions: sessions, room, start, whether it is censored, steps,
/// negotiated, connectable, planned, ending, agents, the number of breaks, each break with its mending, and five numbers
/// for each step of its history. A time that never came is the least number of 64 bits.
extension PairOutcome: Codable {
    private static let never = Int64.min

    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        func next() throws -> Int64 { try list.decode(Int64.self) }
        func time() throws -> Instant? {
            let value = try next()
            return value == Self.never ? nil : Instant(nanoseconds: value)
        }
        func small<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws -> Number {
            guard let value = Number(exactly: try next()) else { throw Self.corrupted(list) }
            return value
        }
        let (a, b, room): (Int32, Int32, Int32) = (try small(), try small(), try small())
        guard let start = try time() else { throw Self.corrupted(list) }
        var progress = PairProgress(
            sessionA: a, sessionB: b, room: room, start: start, isCensored: try next() != 0)
        progress.steps = PairStep(rawValue: try small())
        progress.negotiatedAt = try time()
        progress.connectableAt = try time()
        progress.planned = try next()
        guard let ending = PairEnding(rawValue: try small()) else { throw Self.corrupted(list) }
        progress.ending = ending
        let (agentA, agentB): (Int32, Int32) = (try small(), try small())
        for _ in 0..<(try small(UInt16.self)) {
            guard let at = try time() else { throw Self.corrupted(list) }
            var broken = PairBreak(at: at)
            broken.mendedAt = try time()
            progress.breaks.append(broken)
        }
        self.init(progress: progress, agentA: agentA, agentB: agentB)
        while !list.isAtEnd {
            let at = Instant(nanoseconds: try next())
            let (session, previous): (Int32, Int32) = (try small(), try small())
            guard let kind = SignalKind(rawValue: try small()), let note = PairEvent.Note(rawValue: try small()) else {
                throw Self.corrupted(list)
            }
            self.history.append(PairEvent(at: at, session: session, previous: previous, kind: kind, note: note))
        }
    }

    private static func corrupted(_ list: any UnkeyedDecodingContainer) -> DecodingError {
        .dataCorruptedError(in: list, debugDescription: "not the numbers of a pair")
    }

    package func encode(to encoder: any Encoder) throws {
        let progress = self.progress
        var numbers: [Int64] = [
            Int64(progress.sessionA), Int64(progress.sessionB), Int64(progress.room), progress.start.nanoseconds,
            progress.isCensored ? 1 : 0, Int64(progress.steps.rawValue),
            progress.negotiatedAt?.nanoseconds ?? Self.never, progress.connectableAt?.nanoseconds ?? Self.never,
            progress.planned, Int64(progress.ending.rawValue), Int64(self.agentA), Int64(self.agentB),
        ]
        let breaks = progress.breaks.prefix(Int(UInt16.max))
        numbers.append(Int64(breaks.count))
        for broken in breaks { numbers += [broken.at.nanoseconds, broken.mendedAt?.nanoseconds ?? Self.never] }
        for event in self.history {
            numbers += [
                event.at.nanoseconds, Int64(event.session), Int64(event.previous), Int64(event.kind.rawValue),
                Int64(event.note.rawValue),
            ]
        }
        var list = encoder.unkeyedContainer()
        for number in numbers { try list.encode(number) }
    }
}
