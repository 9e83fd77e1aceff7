import Backends
import Measure
import NIOCore
import NIOPosix

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

    /// Runs cases against an embedded server in this process.
    static func run(
        _ id: String, _ cases: Set<String>, mutant: Mutant? = nil, options: ServerOptions = ServerOptions(),
        declared: [String: DeclaredValue] = [:]
    ) async throws -> BackendConformance {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        // A large case must not hold up the server that another one waits for.
        let servers = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { servers.shutdownGracefully { _ in } }
        do {
            let server = try await EmbeddedServers.start(
                id: id, host: "127.0.0.1", port: 0, options: options, group: servers)
            var extra: [String: String] = [:]
            if id == "socketio" { extra["joinAck"] = "always" }
            let settings = BackendSettings(id: id, url: try BackendURL.parse(server.url), options: extra)
            let result = try await Self.run(id, settings, isOurs: true, cases, mutant, group, declared)
            await server.shutdown()
            try await group.shutdownGracefully()
            return result
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Runs cases against a server that listens already.
    static func run(
        _ name: String, _ settings: BackendSettings, isOurs: Bool, _ cases: Set<String>, _ mutant: Mutant? = nil,
        _ group: any EventLoopGroup, _ declared: [String: DeclaredValue] = [:]
    ) async throws -> BackendConformance {
        var declaration = try Declaration.builtin(settings, isOurs: isOurs)
        for (key, value) in declared { declaration[key] = value }
        let fixture = CaseFixture(name: name, settings: settings, declaration: declaration, isOurs: isOurs)
        return await ConformanceRunner(
            fixture: fixture, profile: .quick, selected: cases, group: group, seed: 7, mutant: mutant
        ).run()
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
