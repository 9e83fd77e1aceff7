import Foundation
import Signaling
import Testing

@testable import Workload

@Suite struct ShippedProfilesTests {
    /// The package's own Profiles folder.
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Profiles")

    private static func profile(_ name: String) throws -> Profile {
        let file = self.folder.appending(path: "\(name).yaml")
        var checks = ProfileReader.Checks()
        checks.backendIDs = ["relay", "relay-routed", "mqtt", "mqtt5", "baas", "socketio", "nats", "redis"]
        checks.backendKeys = { _ in ["echo", "path", "layout", "qos"] }
        return try ProfileReader.read(
            text: String(contentsOf: file, encoding: .utf8), file: file.lastPathComponent, checks: checks)
    }

    static let names = [
        "quickstart", "mesh-8", "broadcast-100", "churn", "glare", "soak", "mqtt-qos0", "mqtt-qos1", "mqtt5-inbox",
        "storm", "nats", "redis", "restart",
    ]

    @Test(arguments: Self.names)
    func `a shipped profile reads, and is named after its file`(name: String) throws {
        let profile = try Self.profile(name)
        #expect(profile.name == name)
        #expect(!profile.description.isEmpty && !profile.gates.isEmpty)
    }

    @Test(arguments: Self.names.filter { $0 != "soak" })
    func `the plan of a shipped profile expects pairs`(name: String) throws {
        let profile = try Self.profile(name)
        let plan = Planner.plan(profile, seed: profile.seed)
        #expect(plan.expectedPairs > 0)
        if profile.churn == nil { #expect(plan.censoredPairs == 0) }
        #expect(plan.phases.drainLimit < 90_000_000_000)
    }

    @Test func `the folder holds these profiles and no others`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(files.filter { $0.hasSuffix(".yaml") }) == Set(Self.names.map { "\($0).yaml" }))
    }

    @Test func `quickstart ends within a minute and is predicted exactly`() throws {
        let plan = Planner.plan(try Self.profile("quickstart"), seed: 1)
        #expect(plan.prediction == .exact)
        #expect(plan.phases.drainLimit < 40_000_000_000)
        #expect(plan.expectedPairs == 300)
    }

    @Test func `broadcast-100 is what its comment says`() throws {
        let profile = try Self.profile("broadcast-100")
        let plan = Planner.plan(profile, seed: 1)
        #expect(plan.prediction == .exact)
        let perPair = 3 + profile.signaling.candidates.offerer + profile.signaling.candidates.answerer
        let messages = plan.calls.count + plan.expectedPairs * perPair
        #expect(messages == 3_400)
        #expect(messages * 99 == 336_600)
        #expect(plan.calls.count * 99 + plan.expectedPairs * perPair == 3_890)
    }

    @Test func `glare starts this very program with a delay`() throws {
        let profile = try Self.profile("glare")
        #expect(profile.backend.launch == ["signalbench", "serve", "relay", "--delay", "20ms"])
        #expect(profile.signaling.strategy == .seed)
        let plan = Planner.plan(profile, seed: 1)
        #expect(Set(plan.calls.map { $0.at - (plan.rooms[plan.agents[$0.agent].room].callsAt ?? 0) }) == [0])
    }
}
