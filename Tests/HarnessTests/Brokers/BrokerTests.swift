import TestKit
import Testing

/// Every broker that the tests start works, in the eyes of a client that is not ours, PyPI's `paho-mqtt`.
@Suite(
    .enabled(if: Lane.isPatient, "the brokers are other programs"), .sideBySide, .serialized, .timeLimit(.minutes(3)))
struct BrokerTests {
    @Test(arguments: Broker.Make.allCases)
    func `paho speaks with it at every quality of service, on every wire`(make: Broker.Make) async throws {
        let python = try PythonPeer.required()
        try await Broker.with(make) { broker in
            for wire in make.wires {
                for version in make.speaksVersion5 ? ["3", "5"] : ["3"] {
                    let outcome = try await python.run(
                        file: "mqtt_smoke.py", [broker.url(wire), version, broker.certificate.authority])
                    #expect(outcome.output == "ok\n", "\(wire), version \(version): \(outcome.errors)")
                }
            }
        }
    }

    @Test(arguments: Broker.Make.allCases)
    func `it comes back on its ports after a crash`(make: Broker.Make) async throws {
        try await Broker.with(make) { broker in
            let (port, pid) = (broker.port(), broker.server.pid)
            await broker.server.crash()
            #expect(!Loopback.accepts(port: port))
            try await broker.restart()
            #expect(broker.port() == port && Loopback.accepts(port: port))
            #expect(broker.server.pid != pid)
        }
    }
}
