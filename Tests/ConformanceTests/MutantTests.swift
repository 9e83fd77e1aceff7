import Backends
import Measure
import NIOCore
import NIOPosix
import TestKit
import Testing

@testable import Conformance

/// The suite's own test: a fault is found by the case that is there for it, and by nothing that has no right to.
@Suite(
    .enabled(if: Lane.isSerial, "the cases wait for what must not come, over loopback"), .serialized,
    .timeLimit(.minutes(10)))
struct MutantTests {
    @Test func `the reference passes everything that applies`() async throws {
        for id in ["relay", "relay-routed"] {
            let result = try await Reference.run(id, Reference.messageCases)
            #expect(Reference.troubles(result) == [:], "\(id)")
        }
    }

    @Test func `each mutant is caught by its own case, and fails nothing that does not rest on what it breaks`()
        async throws
    {
        var waiting = Mutant.allCases.filter { !$0.reference.hasPrefix("mqtt") }[...]
        try await withThrowingTaskGroup(of: (Mutant, BackendConformance).self) { group in
            func next() {
                guard let mutant = waiting.popFirst() else { return }
                group.addTask {
                    (mutant, try await Reference.run(mutant.reference, Self.cases(for: mutant), mutant: mutant))
                }
            }
            for _ in 0..<3 { next() }
            while let (mutant, result) = try await group.next() {
                Self.check(result, mutant)
                next()
            }
        }
    }

    @Test func `a broker that acknowledges and drops is caught`() async throws {
        try await Broker.with(.mosquitto) { broker in
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
            let settings = BackendSettings(
                id: "mqtt5", url: try BackendURL.parse(broker.url(.tcp)), options: ["qos": "1"])
            let clean = Self.cases(for: .acknowledgeThenDrop)
            let reference = try await Reference.run("mqtt5", settings, isOurs: false, clean, nil, group)
            #expect(Reference.troubles(reference).filter { $0.value.hasPrefix("fail") } == [:])
            Self.check(
                try await Reference.run("mqtt5", settings, isOurs: false, clean, .acknowledgeThenDrop, group),
                .acknowledgeThenDrop)
            try await group.shutdownGracefully()
        }
    }

    /// Cases that measure time are left out beside other load.
    private static func cases(for mutant: Mutant) -> Set<String> {
        mutant == .headOfLineStall ? Reference.messageCases : Reference.messageCases.subtracting(["LIM-06"])
    }

    private static func check(_ result: BackendConformance, _ mutant: Mutant) {
        let failed = result.cases.filter { $0.verdict == .fail || $0.verdict == .nonStrict }
        let ids = Set(failed.map(\.id))
        #expect(ids.contains(mutant.primary), "\(mutant) survived \(mutant.primary): \(Reference.troubles(result))")
        let innocent = ids.subtracting(mutant.mayFail).subtracting([mutant.primary]).sorted()
        #expect(
            innocent == [], "\(mutant) also failed \(Reference.troubles(result).filter { innocent.contains($0.key) })")
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
}
