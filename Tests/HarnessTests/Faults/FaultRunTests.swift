import Foundation
import TestKit
import Testing

/// Runs through the proxy of the faults.
@Suite(
    .enabled(if: Lane.isPatient, "the bytes go through sockets, and faults have times"), .sideBySide, .serialized,
    .timeLimit(.minutes(2)))
struct FaultRunTests {
    @Test func `a run whose faults never come counts as one without, and all bytes pass the proxy`() async throws {
        let plain = try SmallRun()
        let (first, without) = try await plain.run("--backend", "relay")
        without.check(first, status: 0)
        let late = try SmallRun(SmallRun.profile(extra: "faults: [{at: 1h, kind: cut}]"))
        let (second, with) = try await late.run("--backend", "relay")
        with.check(second, status: 0)
        for path in [
            "messages.sent", "deliveries.total", "deliveries.useful", "wire.bytes.sent", "wire.bytes.received",
        ] {
            #expect(with.metric(path) == without.metric(path), "\(path)")
        }
        let proxy = try #require(with.json["proxy"] as? [String: Any])
        #expect(proxy["connections"] as? Int == 12 && proxy["cut"] as? Int == 0)
        #expect((proxy["bytesToBackend"] as? Double).map { $0 >= with.metric("wire.bytes.sent") ?? 0 } == true)
    }

    @Test func `a delay shows, a cut is an outage that ends, and the windows stand in the series`() async throws {
        let run = try SmallRun(
            SmallRun.profile(
                steady: "8s",
                extra: """
                    faults:
                      - {at: 1s, for: 6s, kind: delay, by: 80ms}
                      - {at: 3s, kind: cut, share: 50%}
                    expect: [DLV-01, REC-01]
                    verdict: none
                    """))
        let (_, report) = try await run.run("--backend", "relay", "--set", "backend.reconnect=backoff")
        // Each way once, and the relay's own share above it.
        #expect(try #require(report.metric("fanout.latency.p50")) >= 160)
        let proxy = try #require(report.json["proxy"] as? [String: Any])
        let cut = try #require(proxy["cut"] as? Int)
        #expect(cut > 0 && cut < 12)
        #expect(proxy["connections"] as? Int == 12 + cut)
        let outages = try #require(report.json["outages"] as? [[String: Any]])
        #expect(outages.reduce(0) { $0 + ($1["agents"] as? Int ?? 0) } == cut)
        #expect(outages.reduce(0) { $0 + ($1["recovered"] as? Int ?? 0) } == cut)
        let series = try #require(report.json["series"] as? [String: Any])
        let names = (series["faults"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
        #expect(names.contains("delay of 80ms") && names.contains("cut"))
        let faults = try #require(report.json["faults"] as? [[String: Any]])
        #expect(faults.map { $0["kind"] as? String } == ["delay", "cut"])
        #expect(faults.allSatisfy { $0["recovered"] as? Bool == true }, "\(faults)")
        #expect(report.metric("fault.cut.recovery.time") != nil)
        #expect(
            (report.metric("fault.cut.reconnects") ?? 0) + (report.metric("fault.delay.reconnects") ?? 0) >= Double(cut)
        )
        report.checkIdentities()
    }

    @Test func `the proxy alone passes bytes, says where, and counts`() async throws {
        let python = try PythonPeer.required()
        let folder = try TemporaryFolder()
        let faults = try folder.file("f.yaml", "faults:\n  - {at: 0s, for: 1h, kind: split, bytes: 3}\n")
        try await LaunchedServer.with(
            [python.interpreter, PythonPeer.path(of: "tiny_relay.py")], ready: .says("ready")
        ) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let proxy = try SignalbenchProcess(
                ["proxy", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:\(port)", "--faults", faults])
            try await proxy.wait { $0.output.contains("\"ready\":true") }
            let place = try #require(proxy.output.firstMatch(of: #/"listen":"([0-9.:]+)"/#)).1
            let small = try SmallRun()
            let (ending, report) = try await small.run("--backend", "relay:ws://\(place)/")
            report.check(ending, status: 0)
            proxy.send(SIGTERM)
            let end = try await proxy.end()
            #expect(end.status == 0)
            // The agents, and the run's look whether anybody listens; as many again when the run was repeated.
            let connections = try #require(end.output.firstMatch(of: #/"connections":([0-9]+)/#)).1
            #expect(try [13, 26].contains(#require(Int(connections))), "\(end.output)")
        }
    }
}
