import NIOCore
import Signaling
import Testing

@testable import Backends

/// What is owed, and until when.
struct MQTTDeadlineTests {
    private static let second: Int64 = 1_000_000_000

    private func isLate(_ trace: inout MQTTTrace) -> Bool {
        do throws(DialectError) {
            try trace.session.expired(now: trace.now, into: &trace.out)
            return false
        } catch {
            return error.code == .timeout
        }
    }

    @Test func `CONNACK is owed within the patience`() throws {
        var trace = MQTTTrace(version: .v311) { $0.patience = 3 * Self.second }
        trace.session.opened(now: trace.now, into: &trace.out)
        #expect(trace.session.deadline == trace.now + 3 * Self.second)
        trace.now = trace.now + 2 * Self.second
        #expect(!self.isLate(&trace))
        trace.now = trace.now + Self.second
        #expect(self.isLate(&trace))
    }

    @Test func `silence is broken by PINGREQ after the keep-alive time, and PINGRESP is owed`() throws {
        var trace = MQTTTrace(version: .v311) {
            $0.keepAlive = 10
            $0.patience = 4 * Self.second
        }
        try trace.connect()
        trace.now = trace.now + 5 * Self.second
        try trace.publish(1, .atMostOnce)
        _ = try trace.sent()
        #expect(trace.session.deadline == trace.now + 10 * Self.second)
        trace.now = trace.now + 10 * Self.second
        #expect(!self.isLate(&trace))
        #expect(try trace.sent() == [.pingreq])
        #expect(trace.session.deadline == trace.now + 4 * Self.second)
        #expect(try trace.receive(.pingresp) == [.control])
        #expect(trace.session.deadline == trace.now + 10 * Self.second)
        trace.now = trace.now + 10 * Self.second
        #expect(!self.isLate(&trace))
        trace.now = trace.now + 4 * Self.second
        #expect(self.isLate(&trace))
    }

    /// The server's own time counts ([MQTT-3.2.2-21]).
    @Test(arguments: [(UInt32(0), Int64?.none), (UInt32(3), Int64?(3))])
    func `a server shortens or lifts the keep-alive`(given: UInt32, seconds: Int64?) throws {
        var trace = MQTTTrace(version: .v5) { $0.keepAlive = 60 }
        var connack = MQTTConnack()
        connack.properties.append(.serverKeepAlive, given)
        try trace.connect(connack)
        #expect(trace.session.deadline == seconds.map { trace.now + $0 * Self.second })
    }

    @Test func `SUBACK is owed within the patience`() throws {
        var trace = MQTTTrace(version: .v311) {
            $0.keepAlive = 0
            $0.patience = 2 * Self.second
        }
        try trace.connect()
        #expect(trace.session.deadline == nil)
        let filter = MQTTSubscribe.Filter(topic: Array("a".utf8))
        #expect(trace.session.subscribe([filter], now: trace.now, into: &trace.out) != nil)
        trace.now = trace.now + 2 * Self.second
        #expect(self.isLate(&trace))
    }

    @Test(arguments: [MQTTQoS.atLeastOnce, .exactlyOnce])
    func `an acknowledgement that is withheld ends the connection, where that is asked for`(qos: MQTTQoS) throws {
        var trace = MQTTTrace(version: .v311) {
            $0.keepAlive = 0
            $0.ackPatience = 5 * Self.second
        }
        try trace.connect()
        try trace.publish(1, qos)
        #expect(trace.session.deadline == trace.now + 5 * Self.second)
        trace.now = trace.now + 4 * Self.second
        #expect(!self.isLate(&trace))
        trace.now = trace.now + Self.second
        #expect(self.isLate(&trace))
    }
}
