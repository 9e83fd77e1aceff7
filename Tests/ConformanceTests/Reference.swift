import Backends
import Measure
import NIOCore
import NIOPosix
import Simulation
import Testing

@testable import Conformance

/// A reference backend and the cases that look at messages, which a fault between wire and agents can reach.
enum Reference {
    /// Cases that look at handshakes, heartbeats, memory or raw bytes only, or take long for what a mutant can show there.
    static let apart: Set<String> = [
        "IDN-01", "IDN-02", "IDN-04", "IDN-06", "ROOM-05", "ROOM-06", "PAY-07", "DEP-03", "DEP-07", "REC-03", "REC-04",
        "LIM-01", "LIM-03",
        "LIM-04", "LIM-05", "LIM-07", "LIM-08", "LIV-01", "LIV-02", "LIV-03", "LIV-04", "SEC-01", "SEC-02", "SEC-03",
        "SEC-04",
    ]

    static let messageCases = Set(Catalogue.current.cases.map(\.id)).subtracting(Self.apart)

    /// Why there is no result.
    enum Failure: Error {
        case neverEnded
    }

    /// Runs cases in virtual time against an embedded server.
    ///
    /// `report` gets each result, and the network to do something to.
    ///
    /// - Returns: the results of all cases.
    /// - Throws: ``Failure``, or what the settings or the server say.
    static func simulate(
        _ id: String, _ cases: Set<String>, mutant: Mutant? = nil, options: ServerOptions = ServerOptions(),
        declared: [String: DeclaredValue] = [:], seed: UInt64 = 7,
        report: @escaping @Sendable (CaseResult, SimulatedNetwork) -> Void = { _, _ in }
    ) throws -> BackendConformance {
        let simulation = Simulation(seed: seed, links: LinkOptions(delay: .fixed(.microseconds(100))))
        try simulation.serve(id, options: options)
        return try Self.simulate(id, cases, in: simulation, mutant: mutant, declared: declared, report: report)
    }

    /// Runs cases in virtual time against whatever a simulation has at "server".
    static func simulate(
        _ id: String, _ cases: Set<String>, in simulation: Simulation, mutant: Mutant? = nil,
        declared: [String: DeclaredValue] = [:],
        report: @escaping @Sendable (CaseResult, SimulatedNetwork) -> Void = { _, _ in }
    ) throws -> BackendConformance {
        let scheme = id.hasPrefix("relay") ? "ws" : "http"
        let settings = BackendSettings(
            id: id, url: try BackendURL.parse("\(scheme)://server/"),
            options: id == "socketio" ? ["joinAck": "always"] : [:])
        let runner = try Self.runner(
            id, settings, isOurs: true, cases, mutant, simulation.loop, simulation.network, declared)
        let network = simulation.network
        let result = simulation.run(within: .hours(1)) { await runner.run { report($0, network) } }
        #expect(simulation.finish() == Simulation.Leaks())
        guard let result else { throw Failure.neverEnded }
        return try result.get()
    }

    /// Runs cases over sockets, against a server that listens already.
    static func run(
        _ name: String, _ settings: BackendSettings, isOurs: Bool, _ cases: Set<String>, _ mutant: Mutant? = nil,
        _ group: any EventLoopGroup
    ) async throws -> BackendConformance {
        try await Self.runner(name, settings, isOurs: isOurs, cases, mutant, group, SocketNetwork(), [:]).run()
    }

    private static func runner(
        _ name: String, _ settings: BackendSettings, isOurs: Bool, _ cases: Set<String>, _ mutant: Mutant?,
        _ group: any EventLoopGroup, _ network: any Network, _ declared: [String: DeclaredValue]
    ) throws -> ConformanceRunner {
        var declaration = try Declaration.builtin(settings, isOurs: isOurs)
        for (key, value) in declared { declaration[key] = value }
        let fixture = CaseFixture(name: name, settings: settings, declaration: declaration, isOurs: isOurs)
        return ConformanceRunner(
            fixture: fixture, profile: .quick, selected: cases, group: group, network: network, seed: 7, mutant: mutant)
    }

    /// Holds the results of a mutant to what it breaks.
    static func check(_ result: BackendConformance, _ mutant: Mutant) {
        let failed = result.cases.filter { $0.verdict == .fail || $0.verdict == .nonStrict }
        let ids = Set(failed.map(\.id))
        #expect(ids.contains(mutant.primary), "\(mutant) survived \(mutant.primary): \(Self.troubles(result))")
        let innocent = ids.subtracting(mutant.mayFail).subtracting([mutant.primary]).sorted()
        #expect(innocent == [], "\(mutant) also failed \(Self.troubles(result).filter { innocent.contains($0.key) })")
        let others = result.cases.filter { [.setupFail, .harnessError].contains($0.verdict) }.map {
            "\($0.id): \($0.actual)"
        }
        #expect(others == [], "\(mutant)")
        // A failure of deliveries shows the events that make it one.
        if let primary = failed.first(where: { $0.id == mutant.primary }), primary.verdict == .fail, mutant != .truncate
        {
            #expect(
                !primary.counterexample.isEmpty && primary.counterexample.count <= History.counterexampleLimit,
                "\(mutant)")
        }
    }

    /// Cases that ended in a verdict that nobody is to see at a reference, with what they say.
    static func troubles(_ result: BackendConformance) -> [String: String] {
        if !result.setupFailure.isEmpty { return ["smoke": result.setupFailure] }
        return result.cases.reduce(into: [:]) { troubles, one in
            switch one.verdict {
            case .pass, .info, .notApplicable, .notRun: break
            case .fail, .nonStrict, .blocked, .inconclusive, .setupFail, .harnessError:
                troubles[one.id] = "\(one.verdict): \(one.actual)"
            }
        }
    }
}

extension Mutant {
    /// The backend that it is put in front of: one that declares what the mutant breaks.
    var reference: String {
        switch self {
        case .ghostMember: "relay-routed"
        case .acknowledgeThenDrop: "mqtt5?qos=1"
        default: "relay"
        }
    }
}
