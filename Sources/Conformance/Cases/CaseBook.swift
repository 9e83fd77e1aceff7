import Measure

/// What carries out each case of the catalogue.
enum CaseBook {
    /// One case: does things with the rig's agents and says what it saw.
    typealias Body = @Sendable (isolated CaseRig) async throws -> CaseOutcome

    /// The case of that id; nil when the catalogue has it and we have not.
    static func body(_ id: String) -> Body? { self.all[id] }

    static let all: [String: Body] = Self.merge([
        IdentityCases.all, RoomNameCases.all, RoomCases.all, DeliveryCases.all, OrderCases.all, PayloadCases.all,
        SizeCases.all,
        DirectedCases.all, NegotiationCases.all, NegotiationFaultCases.all, DepartureCases.all, ReconnectCases.all,
        AbuseCases.all, LoadLimitCases.all, LivenessCases.all, SecurityCases.all,
    ])

    private static func merge(_ groups: [[String: Body]]) -> [String: Body] {
        groups.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    }
}
