import Backends
import Measure
import NIOCore
import NIOPosix
import TestKit
import Testing

@testable import Conformance

/// The mutant that only a broker with acknowledgements can have.
@Suite(
    .enabled(if: Lane.isPatient, "no broker of ours speaks MQTT, so it is a real one"), .sideBySide, .serialized,
    .timeLimit(.minutes(5)))
struct BrokerMutantTests {
    @Test func `a broker that acknowledges and drops is caught`() async throws {
        try await Broker.with(.mosquitto) { broker in
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
            let settings = BackendSettings(
                id: "mqtt5", url: try BackendURL.parse(broker.url(.tcp)), options: ["qos": "1"])
            // Cases that measure time are left out beside other load.
            let cases = Reference.messageCases.subtracting(["LIM-06"])
            let result = try await Reference.run("mqtt5", settings, isOurs: false, cases, .acknowledgeThenDrop, group)
            Reference.check(result, .acknowledgeThenDrop)
            try await group.shutdownGracefully()
        }
    }
}
