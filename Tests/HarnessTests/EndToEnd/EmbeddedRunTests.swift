import TestKit
import Testing

/// Runs against the embedded servers: meshes complete, and the counts are the predicted ones.
@Suite(.enabled(if: Lane.isSerial, "it runs the program"), .serialized, .timeLimit(.minutes(4)))
struct EmbeddedRunTests {
    @Test(arguments: [
        "socketio", "socketio?transport=polling", "socketio?transport=polling,websocket", "baas", "baas?verb=send",
        "baas?transport=polling&app=x", "baas?transport=polling,websocket",
    ])
    func `the embedded servers carry two hundred agents`(backend: String) async throws {
        let small = try SmallRun(BrokerRun.profile(agents: 201))
        let (ending, report) = try await small.run("--backend", backend)
        report.check(ending, status: 0)
        try BrokerRun.check(report, pairs: 201)
    }
}
