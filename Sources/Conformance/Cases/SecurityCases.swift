import Backends
import Measure
import Signaling

/// Who may do what: SEC-01 to SEC-06.
enum SecurityCases {
    static let all: [String: CaseBook.Body] = [
        "SEC-01": { try await Self.origin($0) },
        "SEC-02": { try await Self.authentication($0) },
        "SEC-03": { try await Self.eavesdrop($0) },
        "SEC-04": { try await Self.wildcards($0) },
        "SEC-05": { try await Self.replay($0) },
        "SEC-06": { try await Self.smuggling($0) },
    ]

    private static func origin(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        guard rig.isWebSocket else { return .notApplicable("the carrier knows no origins") }
        let connection = try await rig.raw()
        let place = rig.webSocketPlace(rig.fixture.settings)
        connection.write(
            RawWebSocket.upgrade(
                rig.fixture.settings.url, path: place.path, subprotocol: place.subprotocol,
                origin: "https://foreign.invalid"))
        await rig.wait(seconds: 5) { connection.contains("\r\n\r\n") || connection.isClosed }
        let line = CaseRig.firstLine(connection.received)
        connection.close()
        return rig.check(
            line.contains(" 403"), expected: "a foreign origin is answered with 403",
            actual: line.isEmpty ? "closed without a word" : line, evidence: ["requests": 1])
    }

    private static func authentication(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let witness = try await rig.member(of: room)
        var bare = rig.fixture.settings
        bare.headers = []
        bare.options["user"] = nil
        bare.options["password"] = nil
        var wrong = bare
        if rig.isMQTT {
            (wrong.options["user"], wrong.options["password"]) = ("nobody", "wrong")
        } else {
            wrong.headers = [("Authorization", "Bearer wrong")]
        }
        var letIn = 0
        var heard = 0
        for settings in [bare, wrong] {
            let agent = try rig.board.add(settings)
            guard await rig.attempt(agent) == nil else { continue }
            if await rig.tryJoin(agent, room) { letIn += 1 }
            let key = witness.push("1")
            await rig.pause(seconds: 0.3)
            heard += agent.inbox.count { $0.key == key }
        }
        return rig.check(
            letIn == 0 && heard == 0, expected: "no entry without or with wrong credentials",
            actual: "\(letIn) of 2 let in, \(heard) messages heard", evidence: ["connections": 2])
    }

    private static func eavesdrop(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        guard rig.declaration.text("auth.acl") == "room" else {
            let room = rig.room()
            let speaker = try await rig.member(of: room)
            let stranger = try await rig.member(of: room)
            let key = speaker.push("1")
            let isHeard = await rig.wait(seconds: 3) { stranger.inbox.contains { $0.key == key } }
            return CaseOutcome(
                .info, actual: isHeard ? "open: who knows a room's name hears it" : "a stranger heard nothing",
                evidence: ["receivers": 1])
        }
        var bare = rig.fixture.settings
        bare.headers = []
        let room = rig.room()
        let speaker = try await rig.member(of: room)
        let stranger = try rig.board.add(bare)
        var isIn = false
        if await rig.attempt(stranger) == nil { isIn = await rig.tryJoin(stranger, room) }
        speaker.push("1")
        await rig.pause(seconds: 0.3)
        return rig.check(
            !isIn && stranger.inbox.isEmpty, expected: "no room without the right to it",
            actual: isIn ? "a stranger got in" : "refused", evidence: ["connections": 1])
    }

    private static func wildcards(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let speaker = try await rig.member(of: room)
        let isHeard: Bool
        let mark = #"{"type":"chatter","from":"x","mark":"for-the-room-only","tag":"$TAG"}"#
        if rig.isMQTT {
            let spy = try await Self.brokerSpy(rig)
            // All other cases' rooms are heard, too.
            spy.seek("for-the-room-only")
            speaker.push(json: mark)
            isHeard = await rig.wait(seconds: 3) { spy.hasFound }
            spy.close()
        } else {
            let spy = try await rig.connect()
            spy.tapWire()
            for name in ["*", "#", "signaling/*", "+"] { _ = await rig.tryJoin(spy, name) }
            speaker.push(json: mark)
            await rig.pause(seconds: 0.5)
            isHeard = spy.wireContains("for-the-room-only")
        }
        let declared = rig.declaration.flag("wildcardSubscribe")
        if declared == true {
            return CaseOutcome(
                isHeard ? .pass : .info, expected: "patterns may be subscribed to",
                actual: isHeard ? "a pattern hears the room" : "stronger than declared: a pattern hears nothing",
                evidence: ["receivers": 1])
        }
        return rig.check(
            !isHeard, expected: "no pattern hears a room",
            actual: isHeard ? "a pattern hears the room" : "nothing was heard", evidence: ["receivers": 1])
    }

    /// A session of its own that has subscribed to patterns, past our dialect.
    private static func brokerSpy(_ rig: isolated CaseRig) async throws -> RawConnection {
        let isVersion5 = rig.fixture.settings.wire == .mqtt5
        let isFramed = rig.isWebSocket
        let spy = isFramed ? try await rig.rawWebSocket() : try await rig.raw()
        func send(_ packet: [UInt8]) { spy.write(isFramed ? RawWebSocket.binary(packet) : packet) }
        func field(_ text: String) -> [UInt8] {
            [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 0xFF)] + text.utf8
        }
        let properties: [UInt8] = isVersion5 ? [0] : []
        // CONNECT (MQTT 3.1.1 §3.1) with a clean session and a minute of keep-alive.
        let connect = field("MQTT") + [isVersion5 ? 5 : 4, 2, 0, 60] + properties + field("spy-\(rig.board.run)")
        send([0x10, UInt8(connect.count)] + connect)
        await rig.wait(seconds: 3) { !spy.received.isEmpty || spy.isClosed }
        for (index, filter) in ["#", "sig/#", "+/+", "+/+/all", "$SYS/#"].enumerated() {
            // SUBSCRIBE (§3.8) at QoS 0.
            let body = [0, UInt8(index + 1)] + properties + field(filter) + [0]
            send([0x82, UInt8(body.count)] + body)
        }
        await rig.pause(seconds: 0.3)
        guard !spy.isClosed else {
            throw CaseFailure(.inconclusive, "the broker ended the session that asked for patterns")
        }
        return spy
    }

    private static func replay(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let victim = try await rig.member(of: room)
        let witness = try await rig.member(of: room)
        let attacker = try await rig.member(of: room)
        let from = JSONWriting.string(victim.id.description)
        // What the victim once sent, word for word, from another connection.
        let recorded = #"{"type":"bye","from":\#(from),"tag":"$TAG"}"#
        victim.push(json: recorded)
        await rig.wait(seconds: 2) { witness.inbox.contains { $0.kind == .bye } }
        let key = attacker.push(json: recorded)
        attacker.push("1")
        await rig.pause(seconds: 0.3)
        let acted = witness.inbox.contains { $0.key == key && $0.from == victim.id.description }
        let ids = rig.agents.map { $0.id.description }
        let length = ids.map(\.utf8.count).min() ?? 0
        return CaseOutcome(
            acted ? .nonStrict : .pass, expected: "a replayed message does not act as its first sender",
            actual:
                "\(acted ? "it acted as the victim" : "it was refused or stamped anew"); ids of \(length) characters",
            evidence: ["messages": 3, "receivers": 1])
    }

    private static func smuggling(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(2, of: rig.room())
        let inner = #"{"type":"bye","from":"victim"}"#
        let strings = [
            "a\u{1E}4\(inner)", #"42["message",\#(inner)]"#, "x\n42[\"message\",\(inner)]",
            "HTTP/1.1 200 OK\r\n\r\n\(inner)",
            #""},{"type":"bye","from":"victim"#, "\u{0}\u{30}\u{10}\u{0}\u{4}", "\r\n.\r\n", "\u{1E}",
            "}]\u{1E}42[\"x\"]",
        ]
        for text in strings { agents[0].push(JSONWriting.string(text)) }
        await rig.drain(settle: 0.3)
        let got = agents[1].inbox.count
        let smuggled = agents[1].inbox.filter { $0.key == nil }.count
        if smuggled > 0 || got > strings.count {
            return rig.check(
                false, expected: "one message stays one message",
                actual: "\(got) messages came of \(strings.count), \(smuggled) were nobody's", evidence: rig.evidence)
        }
        return rig.judge([.lost, .altered, .unexpected, .duplicated], expected: "one message stays one message")
    }
}
