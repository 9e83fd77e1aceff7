import Backends
import Measure
import NIOCore
import Simulation
import Synchronization
import Testing

@testable import Conformance

/// Our own servers, in virtual time, under the cases that need no process of their own.
struct EmbeddedTests {
    @Test(arguments: ["relay", "relay-routed", "baas", "socketio"])
    func `an embedded backend does what it declares`(id: String) throws {
        let result = try Reference.simulate(
            id, Reference.messageCases.union(["PAY-07", "LIM-01", "LIM-03", "LIM-07", "LIV-02", "LIV-04"]))
        #expect(Reference.troubles(result) == [:])
        #expect(result.cases.count { $0.verdict == .pass } >= 45)
    }

    @Test func `the same seed gives the same results`() throws {
        let cases: Set<String> = ["DLV-01", "ORD-01", "DIR-01", "NEG-05", "DEP-01"]
        let once = try Reference.simulate("relay", cases, seed: 3).cases
        #expect(try Reference.simulate("relay", cases, seed: 3).cases == once)
    }

    @Test func `the relay of 2016 fails exactly the cases about its holes`() throws {
        var options = ServerOptions()
        options.isFaithful2016 = true
        let result = try Reference.simulate("socketio", Reference.messageCases, options: options)
        let failed = result.cases.filter { $0.verdict == .fail }.map(\.id)
        // Unicast across rooms and a room's name as a target; broadcasting from nowhere.
        #expect(failed.sorted() == ["DIR-05", "ROOM-01"])
        let holes = try #require(result.cases.first { $0.id == "DIR-05" }).actual
        #expect(holes.contains("a member's id") && holes.contains("a room's name"))
    }

    @Test func `declaring less than there is, or more, is told apart`() throws {
        // Weaker than declared fails; more than declared does not.
        let echo = try Reference.simulate("relay", ["DLV-02"], declared: ["selfEcho": .flag(true)])
        #expect(echo.cases.first { $0.id == "DLV-02" }?.verdict == .fail)
        let routed = try Reference.simulate("relay-routed", ["DIR-02"], declared: ["directed": .text("broadcast")])
        #expect(routed.cases.first { $0.id == "DIR-02" }?.verdict == .info)
        let history = try Reference.simulate("relay", ["DLV-05"], declared: ["history": .text("all")])
        #expect(history.cases.first { $0.id == "DLV-05" }?.verdict == .fail)
        let order = try Reference.simulate("relay", ["ORD-02"], declared: ["order": .text("fifo")])
        #expect(order.cases.first { $0.id == "ORD-02" }?.verdict == .notApplicable)
    }

    @Test func `a backend that lets nobody in after a case is the finding, and the rest is not run`() throws {
        let told = Mutex<[String]>([])
        let result = try Reference.simulate("relay", ["DLV-01", "LIM-02", "LIM-03", "PAY-06"]) { one, network in
            if one.verdict != .notRun || one.actual.contains("died") { told.withLock { $0.append(one.id) } }
            // It dies in the next one.
            guard one.id == "LIM-02" else { return }
            network.answer("server", .refuse)
            network.suffer(.reset)
        }
        #expect(told.withLock { $0 } == ["DLV-01", "LIM-02", "LIM-03", "PAY-06"])
        let killer = try #require(result.cases.first { $0.id == "LIM-03" })
        #expect(killer.verdict == .fail)
        #expect(killer.actual.hasPrefix("the backend died in LIM-03"))
        let rest = try #require(result.cases.first { $0.id == "PAY-06" })
        #expect(rest.verdict == .notRun)
        #expect(rest.actual == "not run: backend died")
        #expect(result.exitCode == 1)
        #expect(result.isComplete)
    }

    @Test func `a server that does not speak the dialect is not judged`() throws {
        let well = try Reference.simulate("relay", ["DLV-01"])
        #expect(well.setupFailure.isEmpty && well.exitCode == 0)
        let simulation = Simulation(seed: 1)
        try simulation.serve("baas")
        let other = try Reference.simulate("relay", ["DLV-01"], in: simulation)
        #expect(other.setupFailure.contains("the upgrade was answered with HTTP"), "\(other.setupFailure)")
        #expect(other.exitCode == 2 && other.cases.isEmpty)
    }
}
