import NIOCore
import Signaling
import Testing

@testable import Backends

/// The sender's side of QoS 1 and 2: window, queue, packet identifiers, and what a lost connection leaves behind.
struct MQTTPublishingTests {
    private static let both = [MQTTVersion.v311, .v5]

    @Test(arguments: Self.both)
    func `QoS 1 goes PUBLISH, PUBACK`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version)
        try trace.connect()
        #expect(try trace.publish(7, .atLeastOnce) == .written)
        #expect(try trace.sent() == [MQTTTrace.message(7, .atLeastOnce, packetID: 1)])
        #expect(try trace.receive(.puback(MQTTAck(packetID: 1))) == [.acked(7)])
        #expect(trace.session.inFlight.isEmpty && trace.session.heldBytes == 0)
        #expect(try trace.receive(.puback(MQTTAck(packetID: 1))) == [.control])
    }

    @Test(arguments: Self.both)
    func `QoS 2 goes PUBLISH, PUBREC, PUBREL, PUBCOMP`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version)
        try trace.connect()
        #expect(try trace.publish(7, .exactlyOnce) == .written)
        #expect(try trace.sent() == [MQTTTrace.message(7, .exactlyOnce, packetID: 1)])
        #expect(try trace.receive(.pubrec(MQTTAck(packetID: 1))) == [.control])
        #expect(try trace.sent() == [.pubrel(MQTTAck(packetID: 1))])
        #expect(trace.session.heldBytes == 0)
        // A second PUBREC is answered alike.
        #expect(try trace.receive(.pubrec(MQTTAck(packetID: 1))) == [.control])
        #expect(try trace.sent() == [.pubrel(MQTTAck(packetID: 1))])
        #expect(try trace.receive(.pubcomp(MQTTAck(packetID: 1))) == [.acked(7)])
        #expect(trace.session.inFlight.isEmpty)
    }

    @Test(arguments: [
        (MQTTQoS.exactlyOnce, MQTTPacket.puback(MQTTAck(packetID: 1))), (.exactlyOnce, .pubcomp(MQTTAck(packetID: 1))),
        (.atLeastOnce, .pubrec(MQTTAck(packetID: 1))), (.atLeastOnce, .pubcomp(MQTTAck(packetID: 1))),
    ])
    func `an acknowledgement out of turn is a breach`(qos: MQTTQoS, packet: MQTTPacket) throws {
        var trace = MQTTTrace(version: .v5)
        try trace.connect()
        try trace.publish(1, qos)
        #expect(throws: MQTTError(reason: .protocolError, message: "")) { try trace.receive(packet) }
    }

    @Test(arguments: [MQTTQoS.atLeastOnce, .exactlyOnce])
    func `a server of 5.0 may refuse a message`(qos: MQTTQoS) throws {
        var trace = MQTTTrace(version: .v5)
        try trace.connect()
        try trace.publish(1, qos)
        let ack = MQTTAck(packetID: 1, reason: .notAuthorized)
        #expect(
            try trace.receive(qos == .atLeastOnce ? .puback(ack) : .pubrec(ack)) == [.refused(1, .notAuthorized)])
        #expect(trace.session.inFlight.isEmpty && trace.session.heldBytes == 0)
    }

    @Test func `the server's receive maximum is the window: what does not fit waits its turn`() throws {
        var trace = MQTTTrace(version: .v5) { $0.maxQueued = 2 }
        var connack = MQTTConnack()
        connack.properties.append(.receiveMaximum, 2)
        try trace.connect(connack)
        #expect(try trace.publish(1, .atLeastOnce) == .written)
        #expect(try trace.publish(2, .exactlyOnce) == .written)
        #expect(try trace.publish(3, .atLeastOnce) == .queued)
        #expect(try trace.publish(4, .atLeastOnce) == .queued)
        #expect(try trace.publish(5, .atLeastOnce) == .refused)
        // QoS 0 takes no room in it.
        #expect(try trace.publish(6, .atMostOnce) == .written)
        #expect(
            try trace.sent() == [
                MQTTTrace.message(1, .atLeastOnce, packetID: 1), MQTTTrace.message(2, .exactlyOnce, packetID: 2),
                MQTTTrace.message(6, .atMostOnce, packetID: 0),
            ])
        // PUBREC opens no room, PUBCOMP does [MQTT-4.9.0-2].
        #expect(try trace.receive(.pubrec(MQTTAck(packetID: 2))) == [.control])
        #expect(try trace.receive(.puback(MQTTAck(packetID: 1))) == [.acked(1), .sent(3)])
        #expect(try trace.receive(.pubcomp(MQTTAck(packetID: 2))) == [.acked(2), .sent(4)])
        #expect(
            try trace.sent() == [
                .pubrel(MQTTAck(packetID: 2)), MQTTTrace.message(3, .atLeastOnce, packetID: 3),
                MQTTTrace.message(4, .atLeastOnce, packetID: 4),
            ])
    }

    @Test func `bytes held for the server are bounded`() throws {
        var trace = MQTTTrace(version: .v311) { $0.maxHeldBytes = 1_000 }
        try trace.connect()
        #expect(try trace.publish(1, .atLeastOnce, bytes: 600) == .written)
        #expect(try trace.publish(2, .atLeastOnce, bytes: 600) == .refused)
        #expect(try trace.receive(.puback(MQTTAck(packetID: 1))) == [.acked(1)])
        #expect(try trace.publish(2, .atLeastOnce, bytes: 600) == .written)
    }

    @Test func `a packet greater than the server takes is not sent`() throws {
        var trace = MQTTTrace(version: .v5)
        var connack = MQTTConnack()
        connack.properties.append(.maximumPacketSize, 20)
        connack.properties.append(.maximumQoS, 1)
        try trace.connect(connack)
        // 2 + 2 + 1 + 1 + 14 bytes, and one more.
        #expect(try trace.publish(1, .atMostOnce, bytes: 14) == .written)
        #expect(try trace.publish(1, .atMostOnce, bytes: 15) == .refused)
        #expect(try trace.publish(1, .exactlyOnce) == .refused)
        let long = MQTTSubscribe.Filter(topic: [UInt8](repeating: 0x61, count: 30))
        #expect(trace.session.subscribe([long], now: trace.now, into: &trace.out) == nil)
    }

    @Test func `packet identifiers go round, past those in use`() throws {
        var trace = MQTTTrace(version: .v311)
        try trace.connect()
        try trace.publish(0, .atLeastOnce)
        for id: UInt64 in 1..<65_535 {
            try trace.publish(id, .atLeastOnce)
            let last = trace.session.lastPacketID
            #expect(last == UInt16(id + 1))
            _ = try trace.receive(.puback(MQTTAck(packetID: last)))
        }
        // 1 is still on its way, and 0 is none.
        try trace.publish(1, .atLeastOnce)
        #expect(trace.session.lastPacketID == 2)
        let filter = MQTTSubscribe.Filter(topic: Array("a".utf8))
        #expect(trace.session.subscribe([filter], now: trace.now, into: &trace.out) == 3)
    }

    @Test(arguments: Self.both)
    func `a resumed session sends again what was not acknowledged, in order, with DUP`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version) { $0.sessionExpiry = 60 }
        #expect(try trace.connect().cleanStart == (version == .v5))
        try trace.publish(1, .atLeastOnce)
        try trace.publish(2, .exactlyOnce)
        try trace.publish(3, .exactlyOnce)
        try trace.publish(4, .atLeastOnce)
        _ = try trace.receive(.pubrec(MQTTAck(packetID: 2)))
        _ = try trace.receive(.puback(MQTTAck(packetID: 4)))
        _ = try trace.receive(MQTTTrace.message(9, .exactlyOnce, packetID: 50))
        _ = try trace.sent()
        let mayResume = trace.session.closed()
        #expect(mayResume)
        let connect = try trace.connect(MQTTConnack(isSessionPresent: true))
        #expect(!connect.cleanStart)
        #expect(
            try trace.sent() == [
                MQTTTrace.message(1, .atLeastOnce, packetID: 1, isDuplicate: true), .pubrel(MQTTAck(packetID: 2)),
                MQTTTrace.message(3, .exactlyOnce, packetID: 3, isDuplicate: true),
            ])
        // What was received at QoS 2 is remembered, too.
        #expect(try trace.receive(MQTTTrace.message(9, .exactlyOnce, packetID: 50, isDuplicate: true)) == [.control])
        #expect(try trace.receive(.puback(MQTTAck(packetID: 1))) == [.acked(1)])
        try trace.publish(5, .atLeastOnce)
        #expect(trace.session.lastPacketID == 5)
    }

    @Test func `a smaller window after the reconnect holds back, and what was sent before keeps its identifier`() throws
    {
        var trace = MQTTTrace(version: .v5) { $0.sessionExpiry = 60 }
        try trace.connect()
        for id: UInt64 in 1...3 { try trace.publish(id, .atLeastOnce) }
        _ = try trace.sent()
        _ = trace.session.closed()
        var connack = MQTTConnack(isSessionPresent: true)
        connack.properties.append(.receiveMaximum, 1)
        try trace.connect(connack)
        #expect(try trace.sent() == [MQTTTrace.message(1, .atLeastOnce, packetID: 1, isDuplicate: true)])
        #expect(try trace.receive(.puback(MQTTAck(packetID: 1))) == [.acked(1), .control])
        #expect(try trace.sent() == [MQTTTrace.message(2, .atLeastOnce, packetID: 2, isDuplicate: true)])
    }

    @Test func `a message held back that the server has already is released, not sent again`() throws {
        var trace = MQTTTrace(version: .v5) { $0.sessionExpiry = 60 }
        try trace.connect()
        for id: UInt64 in 1...2 { try trace.publish(id, .exactlyOnce) }
        _ = try trace.receive(.pubrec(MQTTAck(packetID: 2)))
        _ = try trace.sent()
        _ = trace.session.closed()
        var connack = MQTTConnack(isSessionPresent: true)
        connack.properties.append(.receiveMaximum, 1)
        try trace.connect(connack)
        _ = try trace.receive(.pubrec(MQTTAck(packetID: 1)))
        _ = try trace.sent()
        #expect(try trace.receive(.pubcomp(MQTTAck(packetID: 1))) == [.acked(1), .control])
        #expect(try trace.sent() == [.pubrel(MQTTAck(packetID: 2))])
        #expect(try trace.receive(.pubcomp(MQTTAck(packetID: 2))) == [.acked(2)])
    }

    @Test func `a message costs the same however many are on their way, and in whatever order they are taken`() throws {
        var trace = MQTTTrace(version: .v5) {
            $0.window = 10_000
            $0.maxHeldBytes = .max
        }
        try trace.connect()
        // The first is never acknowledged; of the others every thousand is, last first.
        try trace.publish(0, .atLeastOnce)
        var sent: [UInt16] = []
        var published = 0
        for id: UInt64 in 1...20_000 {
            published += try trace.publish(id, .atLeastOnce) == .written ? 1 : 0
            sent.append(trace.session.lastPacketID)
            guard sent.count == 1_000 else { continue }
            for packetID in sent.reversed() { _ = try trace.receive(.puback(MQTTAck(packetID: packetID))) }
            sent = []
            _ = trace.out.takeWire()
        }
        #expect(published == 20_000 && trace.session.inFlight.count == 1)
        #expect(trace.session.inFlight.steps < 4 * published, "\(trace.session.inFlight.steps) slots passed")
    }

    @Test(arguments: Self.both)
    func `a session that the server forgot begins anew`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version) { $0.sessionExpiry = 60 }
        try trace.connect()
        try trace.publish(1, .atLeastOnce)
        _ = try trace.sent()
        _ = trace.session.closed()
        try trace.connect()
        #expect(try trace.sent() == [])
        #expect(trace.session.inFlight.isEmpty && trace.session.heldBytes == 0)
        // Nothing is sent again at any other time [MQTT-4.4.0-1].
        trace.now = trace.now + 30_000_000_000
        try trace.session.expired(now: trace.now, into: &trace.out)
        #expect(try trace.sent().allSatisfy { $0 == .pingreq })
    }
}
