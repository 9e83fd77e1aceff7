import NIOCore
import Signaling
import Testing

@testable import Backends

/// Connections, subscriptions and received messages: event by event, in both versions.
struct MQTTSessionTests {
    private static let both = [MQTTVersion.v311, .v5]

    @Test(arguments: Self.both)
    func `CONNECT comes first and says what was asked for`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version) {
            $0.keepAlive = 30
            $0.userName = Array("user".utf8)
            $0.password = Array("secret".utf8)
            $0.will = MQTTWill(topic: Array("w".utf8), payload: Array("bye".utf8), qos: .atLeastOnce)
            $0.userProperties = [(Array("k".utf8), Array("v".utf8))]
            $0.receiveMaximum = 7
        }
        let connect = try trace.connect()
        #expect(connect.clientID == Array("me".utf8))
        #expect(connect.cleanStart && connect.keepAlive == 30)
        #expect(connect.userName == Array("user".utf8) && connect.password == Array("secret".utf8))
        #expect(connect.will?.payload == Array("bye".utf8) && connect.will?.qos == .atLeastOnce)
        #expect(connect.properties.number(.receiveMaximum) == (version == .v5 ? 7 : nil))
        #expect(connect.properties.items.contains { $0.id == .userProperty } == (version == .v5))
        #expect(try trace.sent() == [])
    }

    @Test(arguments: Self.both)
    func `nothing but CONNACK may come first`(version: MQTTVersion) throws {
        for packet in [
            MQTTPacket.pingresp, .puback(MQTTAck(packetID: 1)), MQTTTrace.message(1, .atMostOnce, packetID: 0),
        ] {
            var trace = MQTTTrace(version: version)
            trace.session.opened(now: trace.now, into: &trace.out)
            #expect(throws: MQTTError(reason: .protocolError, message: "")) { try trace.receive(packet) }
        }
        var trace = MQTTTrace(version: version)
        try trace.connect()
        #expect(throws: MQTTError(reason: .protocolError, message: "")) {
            try trace.receive(.connack(MQTTConnack()))
        }
    }

    @Test(arguments: Self.both)
    func `a refusal is told with its reason, and nothing is read after it`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version)
        trace.session.opened(now: trace.now, into: &trace.out)
        #expect(
            try trace.receive(.connack(MQTTConnack(reason: .badUserNameOrPassword))) == [
                .closed(.badUserNameOrPassword)
            ])
        #expect(try trace.receive(MQTTTrace.message(1, .atMostOnce, packetID: 0)) == [])
        #expect(try trace.publish(1, .atMostOnce) == .refused)
        #expect(trace.session.deadline == nil)
    }

    @Test func `a server that takes the session over says so`() throws {
        var trace = MQTTTrace(version: .v5)
        try trace.connect()
        var notice = MQTTNotice(reason: .sessionTakenOver)
        notice.properties.append(.reasonString, Array("another came".utf8))
        #expect(try trace.receive(.disconnect(notice)) == [.closed(.sessionTakenOver)])
        #expect(trace.session.reasonText == "another came")
        #expect(try trace.publish(1, .atMostOnce) == .refused)
    }

    @Test func `an identifier that the server assigns is kept for the next connection`() throws {
        var trace = MQTTTrace(version: .v5) { $0.clientID = [] }
        var connack = MQTTConnack()
        connack.properties.append(.assignedClientIdentifier, Array("given".utf8))
        #expect(try trace.connect(connack).clientID == [])
        _ = trace.session.closed()
        #expect(try trace.connect().clientID == Array("given".utf8))
    }

    @Test func `no identifier at all is a breach`() throws {
        var trace = MQTTTrace(version: .v5) { $0.clientID = [] }
        trace.session.opened(now: trace.now, into: &trace.out)
        #expect(throws: MQTTError(reason: .protocolError, message: "[MQTT-3.2.2-16]")) {
            try trace.receive(.connack(MQTTConnack()))
        }
    }

    @Test func `a session that was not asked for is a breach`() throws {
        var trace = MQTTTrace(version: .v5)
        trace.session.opened(now: trace.now, into: &trace.out)
        #expect(throws: MQTTError(reason: .protocolError, message: "[MQTT-3.2.2-2]")) {
            try trace.receive(.connack(MQTTConnack(isSessionPresent: true)))
        }
    }

    @Test(arguments: Self.both)
    func `a subscription is granted filter by filter`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version)
        try trace.connect()
        let filters = ["a", "b"].map { MQTTSubscribe.Filter(topic: Array($0.utf8), qos: .atLeastOnce) }
        let id = try #require(trace.session.subscribe(filters, now: trace.now, into: &trace.out))
        #expect(try trace.sent() == [.subscribe(MQTTSubscribe(packetID: id, filters: filters))])
        let reasons = [MQTTReason(rawValue: 1), .unspecified]
        #expect(try trace.receive(.suback(MQTTSuback(packetID: id, reasons: reasons))) == [.subscribed(id)])
        #expect(trace.session.granted == reasons)
        #expect(throws: MQTTError(reason: .protocolError, message: "for nothing")) {
            try trace.receive(.suback(MQTTSuback(packetID: id, reasons: reasons)))
        }
    }

    @Test(arguments: Self.both)
    func `a SUBACK with fewer reasons than filters is a breach`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version)
        try trace.connect()
        let filters = ["a", "b"].map { MQTTSubscribe.Filter(topic: Array($0.utf8)) }
        let id = try #require(trace.session.subscribe(filters, now: trace.now, into: &trace.out))
        #expect(throws: MQTTError(reason: .protocolError, message: "[MQTT-3.9.3-1]")) {
            try trace.receive(.suback(MQTTSuback(packetID: id, reasons: [.success])))
        }
    }

    @Test(arguments: Self.both)
    func `what comes is acknowledged as its quality of service asks`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version)
        try trace.connect()
        func isMessage(_ events: [MQTTEvent]) -> Bool {
            if case .message? = events.first { return events.count == 1 }
            return false
        }
        #expect(isMessage(try trace.receive(MQTTTrace.message(1, .atMostOnce, packetID: 0))))
        #expect(try trace.sent() == [])
        #expect(isMessage(try trace.receive(MQTTTrace.message(2, .atLeastOnce, packetID: 9))))
        #expect(try trace.sent() == [.puback(MQTTAck(packetID: 9))])
        // At least once: a second copy is a second message.
        #expect(isMessage(try trace.receive(MQTTTrace.message(2, .atLeastOnce, packetID: 9, isDuplicate: true))))
        #expect(try trace.sent() == [.puback(MQTTAck(packetID: 9))])
        // Exactly once: until PUBREL, a second copy is none [MQTT-4.3.3-10].
        #expect(isMessage(try trace.receive(MQTTTrace.message(3, .exactlyOnce, packetID: 9))))
        #expect(try trace.receive(MQTTTrace.message(3, .exactlyOnce, packetID: 9, isDuplicate: true)) == [.control])
        #expect(try trace.sent() == [.pubrec(MQTTAck(packetID: 9)), .pubrec(MQTTAck(packetID: 9))])
        #expect(try trace.receive(.pubrel(MQTTAck(packetID: 9))) == [.control])
        #expect(try trace.sent() == [.pubcomp(MQTTAck(packetID: 9))])
        #expect(isMessage(try trace.receive(MQTTTrace.message(4, .exactlyOnce, packetID: 9))))
        #expect(try trace.sent() == [.pubrec(MQTTAck(packetID: 9))])
        #expect(try trace.receive(.pubrel(MQTTAck(packetID: 77))) == [.control])
        let unknown = MQTTAck(packetID: 77, reason: version == .v5 ? .packetIdentifierNotFound : .success)
        #expect(try trace.sent() == [.pubcomp(unknown)])
    }

    @Test func `more at once than the receive maximum is a breach, told by 0x93`() throws {
        var trace = MQTTTrace(version: .v5) { $0.receiveMaximum = 2 }
        try trace.connect()
        _ = try trace.receive(MQTTTrace.message(1, .exactlyOnce, packetID: 1))
        _ = try trace.receive(MQTTTrace.message(2, .exactlyOnce, packetID: 2))
        #expect(throws: MQTTError(reason: .receiveMaximumExceeded, message: "")) {
            try trace.receive(MQTTTrace.message(3, .exactlyOnce, packetID: 3))
        }
        _ = try trace.sent()
        trace.session.abort(.receiveMaximumExceeded, now: trace.now, into: &trace.out)
        #expect(try trace.sent() == [.disconnect(MQTTNotice(reason: .receiveMaximumExceeded))])
    }

    @Test func `a topic alias stands for the topic that introduced it, on its connection only`() throws {
        var trace = MQTTTrace(version: .v5) { $0.topicAliasMaximum = 4 }
        trace.session.first = Array("room".utf8)
        try trace.connect()
        func message(_ topic: String, _ alias: UInt32) -> MQTTPacket {
            var publish = MQTTPublish(topic: Array(topic.utf8), payload: [1])
            publish.properties.append(.topicAlias, alias)
            return .publish(publish)
        }
        func match(_ events: [MQTTEvent]) -> MQTTDelivery.Match? {
            if case .message(let delivery)? = events.first { return delivery.match }
            return nil
        }
        #expect(match(try trace.receive(message("room", 1))) == .first)
        #expect(match(try trace.receive(message("", 1))) == .first)
        #expect(match(try trace.receive(message("other", 1))) == .neither)
        #expect(match(try trace.receive(message("", 1))) == .neither)
        #expect(throws: MQTTError(reason: .protocolError, message: "unknown")) { try trace.receive(message("", 2)) }
        #expect(throws: MQTTError(reason: .topicAliasInvalid, message: "over the maximum")) {
            try trace.receive(message("room", 5))
        }
        _ = trace.session.closed()
        try trace.connect()
        #expect(throws: MQTTError(reason: .protocolError, message: "forgotten")) { try trace.receive(message("", 1)) }
    }

    @Test(arguments: Self.both)
    func `DISCONNECT waits for the server to close, but not for ever`(version: MQTTVersion) throws {
        var trace = MQTTTrace(version: version)
        try trace.connect()
        trace.session.disconnect(now: trace.now, into: &trace.out)
        #expect(try trace.sent() == [.disconnect(MQTTNotice())])
        let deadline = try #require(trace.session.deadline)
        #expect(trace.out.takeClose() == nil)
        try trace.session.expired(now: deadline, into: &trace.out)
        #expect(trace.out.takeClose() == .requested)
    }
}
