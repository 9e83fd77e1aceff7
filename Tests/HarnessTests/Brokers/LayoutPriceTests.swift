import Foundation
import TestKit
import Testing

/// One run, three layouts of the same rooms: what each delivers for the same plan and seed.
@Suite(.enabled(if: Lane.isPatient, "the broker is another program"), .sideBySide, .serialized, .timeLimit(.minutes(3)))
struct LayoutPriceTests {
    @Test func `broadcast, No Local and inbox amplify as predicted`() async throws {
        try await Broker.with(.mosquitto) { broker in
            let small = try SmallRun(BrokerRun.profile(agents: 40, size: 5))
            let url = broker.url()
            let run = try small.start(
                "--backend", "mqtt5:\(url)", "--backend", "mqtt5?noLocal=true:\(url)", "--backend",
                "mqtt5?layout=inbox:\(url)")
            let ending = try await run.end(within: .seconds(120))
            let folders = try FileManager.default.contentsOfDirectory(atPath: small.out)
                .filter { FileManager.default.fileExists(atPath: "\(small.out)/\($0)/report.json") }.sorted()
            try #require(folders.count == 3, "\(folders) \(ending.errors)")
            var deliveries: Set<Double> = []
            var digests: Set<String> = []
            for folder in folders {
                let report = try await SmallRun.Report(in: "\(small.out)/\(folder)")
                try BrokerRun.check(report, pairs: 80)
                let measured = try #require(report.metric("amplification.messages"))
                #expect(report.metric("amplification.predicted") == measured, "\(folder)")
                deliveries.insert(try #require(report.metric("signaling.deliveries")))
                digests.insert(try #require((report.json["plan"] as? [String: Any])?["digest"] as? String))
            }
            // N = 5, P = 10, D = 7 and a bye each: 80 messages a room, five or four deliveries of each; 110 of them useful,
            // and five echoes of a call and of a bye where the room topic echoes.
            #expect(deliveries == [3_200, 2_560, 960])
            #expect(digests.count == 1)
            #expect(FileManager.default.fileExists(atPath: "\(small.out)/comparison.html"))
        }
    }
}
