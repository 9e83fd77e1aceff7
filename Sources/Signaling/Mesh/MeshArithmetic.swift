/// How many messages the negotiation of one room takes, and how many deliveries a backend makes of them, by formula.
///
/// With N members, P pairs, K_o and K_a candidates from the offerer and the answerer of a pair, a negotiated pair takes
/// D = 3 + K_o + K_a messages (response, offer, answer, candidates). The forms are exact for clean plans only: all
/// members present and calls, or joins, further apart than a mesh takes to settle.
package struct MeshArithmetic: Equatable, Sendable {
    /// N.
    package var members: Int
    /// K_o; 0 when candidates travel in the SDP.
    package var offererCandidates: Int
    /// K_a; 0 when candidates travel in the SDP.
    package var answererCandidates: Int
    package var echo: Echo
    package var delivery: Delivery
    package var joining: Joining
    /// Whether every member says `bye` at the end and stays until all have.
    package var byes: Bool
    /// Whether a pair begins with a call and a response; without, D = 2 + K_o + K_a, and nothing goes to the whole room.
    package var greets: Bool

    package init(
        members: Int, offererCandidates: Int, answererCandidates: Int, echo: Echo = .none,
        delivery: Delivery = .broadcast, joining: Joining, byes: Bool = false, greets: Bool = true
    ) {
        self.members = members
        self.offererCandidates = offererCandidates
        self.answererCandidates = answererCandidates
        self.echo = echo
        self.delivery = delivery
        self.joining = joining
        self.byes = byes
        self.greets = greets
    }

    /// Whether the backend delivers a room-wide message to its own sender.
    package enum Echo: Sendable {
        case none
        case own
    }

    /// How the backend delivers.
    package enum Delivery: Sendable {
        /// Everything to every member.
        case broadcast
        /// A directed message to its addressee only.
        case routed
        /// The same by a topic per member, beside a room topic that echoes in any case.
        case inboxEcho
    }

    /// Who calls, and when.
    package enum Joining: Equatable, Sendable {
        /// All members are there; this many call, one after another.
        case present(callers: Int)
        /// Members join one after another, and each calls as it joins.
        case oneByOne
        /// All members are there and all call at the same moment.
        case glare(Strategy)
    }

    /// Whether the figures are an upper bound: how much a rollback cuts short depends on when it comes.
    package var isUpperBound: Bool { self.joining == .glare(.perfect) }

    /// Pairs that begin to negotiate.
    package var pairs: Int {
        switch self.joining {
        case .present(let callers): callers * (self.members - 1) - callers * (callers - 1) / 2
        case .oneByOne, .glare: self.members * (self.members - 1) / 2
        }
    }

    /// Pairs that both ends complete.
    package var completedPairs: Int {
        switch self.joining {
        case .present, .oneByOne, .glare(.perfect): self.pairs
        case .glare(.seed): 0
        }
    }

    /// Messages sent.
    package var messages: Int { self.roomWide + self.pairs * self.directedPerPair }

    /// Deliveries the backend makes, echoes and overheard ones included.
    package var deliveries: Int {
        switch self.delivery {
        case .broadcast: self.broadcastDeliveries
        case .routed: self.useful + (self.echo == .own ? self.roomWide : 0)
        case .inboxEcho: self.useful + self.roomWide
        }
    }

    /// Deliveries that pass the receiver's filter.
    package var useful: Int {
        let directed = self.pairs * self.directedPerPair
        switch self.joining {
        case .present, .glare: return self.roomWide * (self.members - 1) + directed
        case .oneByOne: return self.heardCalls + directed + self.byeMessages * (self.members - 1)
        }
    }

    /// Messages, deliveries and useful deliveries together.
    package var totals: MeshTotals {
        MeshTotals(messages: self.messages, deliveries: self.deliveries, useful: self.useful)
    }

    /// Deliveries for each useful one over several rooms together; nil when none is useful.
    package static func amplification(_ rooms: some Sequence<MeshArithmetic>) -> Double? {
        rooms.reduce(into: MeshTotals()) { $0 += $1.totals }.amplification
    }

    // MARK: Terms

    private var calls: Int {
        guard self.greets else { return 0 }
        switch self.joining {
        case .present(let callers): return callers
        case .oneByOne, .glare: return self.members
        }
    }

    /// Of members that join one after another: each hears the calls of those that come later.
    private var heardCalls: Int { self.greets ? self.pairs : 0 }

    private var byeMessages: Int { self.byes ? self.members : 0 }

    private var roomWide: Int { self.calls + self.byeMessages }

    /// D, or what glare makes of it.
    private var directedPerPair: Int {
        switch self.joining {
        case .present, .oneByOne: (self.greets ? 3 : 2) + self.offererCandidates + self.answererCandidates
        // Two responses, two offers, no answer.
        case .glare(.seed): (self.greets ? 4 : 2) + 2 * self.offererCandidates
        // One answer more, for which the polite side gathers again.
        case .glare(.perfect): (self.greets ? 5 : 3) + 2 * self.offererCandidates + self.answererCandidates
        }
    }

    private var broadcastDeliveries: Int {
        let n = self.members
        let receivers = self.echo == .own ? n : n - 1
        switch self.joining {
        case .present, .glare:
            return receivers * self.messages
        case .oneByOne:
            // Member j finds j − 1 others: its call and its pairs' messages reach those present.
            let joins =
                switch self.echo {
                case .own:
                    self.calls + self.heardCalls + self.directedPerPair * (n - 1) * n * (n + 1) / 3
                case .none: self.heardCalls + self.directedPerPair * (n - 1) * n * (2 * n - 1) / 6
                }
            return joins + receivers * self.byeMessages
        }
    }
}

/// What negotiations took: messages, the deliveries made of them and the useful ones among those.
package struct MeshTotals: Equatable, Sendable {
    package var messages: Int
    package var deliveries: Int
    /// Deliveries that pass the receiver's filter.
    package var useful: Int

    package init(messages: Int = 0, deliveries: Int = 0, useful: Int = 0) {
        self.messages = messages
        self.deliveries = deliveries
        self.useful = useful
    }

    /// Deliveries for each useful one; nil when none is useful.
    package var amplification: Double? {
        self.useful > 0 ? Double(self.deliveries) / Double(self.useful) : nil
    }

    package static func += (a: inout MeshTotals, b: MeshTotals) {
        a.messages += b.messages
        a.deliveries += b.deliveries
        a.useful += b.useful
    }
}
