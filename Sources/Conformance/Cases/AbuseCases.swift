import Backends
import Measure
import Signaling

/// Bytes that should not be: LIM-01 to LIM-03 and LIM-08.
enum AbuseCases {
    static let all: [String: CaseBook.Body] = [
        "LIM-01": { try await Self.frames($0) },
        "LIM-02": { try await Self.messages($0) },
        "LIM-03": { try await Self.endless($0) },
        "LIM-08": { try await Self.silent($0) },
    ]

    /// Two members that go on talking while something else misbehaves.
    private struct Room {
        var speaker: ScriptedAgent
        var witness: ScriptedAgent
    }

    private static func room(_ rig: isolated CaseRig) async throws -> Room {
        Room(speaker: try await rig.member(of: rig.room()), witness: try await rig.member(of: rig.room()))
    }

    /// Whether the room still works.
    private static func lives(_ room: Room, _ rig: isolated CaseRig) async -> Bool {
        guard room.speaker.isOpen, room.witness.isOpen else { return false }
        let key = room.speaker.push("1")
        return await rig.wait(seconds: 3) { room.witness.inbox.contains { $0.key == key } }
    }

    private static func frames(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = try await Self.room(rig)
        var bad: [String] = []
        var tried = 0
        if rig.isWebSocket {
            let breaches: [(name: String, bytes: [UInt8], codes: Set<Int>)] = [
                ("reserved opcode", RawWebSocket.frame(0x83, [1]), [1_002]),
                ("RSV1", RawWebSocket.frame(0xC1, [0x61]), [1_002]),
                ("unmasked frame", RawWebSocket.frame(0x81, [0x61], isMasked: false), [1_002]),
                ("invalid UTF-8", RawWebSocket.frame(0x81, [0xC3, 0x28]), [1_007, 1_002, 1_003]),
                ("fragmented ping", RawWebSocket.frame(0x09, [1]), [1_002]),
                ("ping of 126 bytes", RawWebSocket.frame(0x89, Array(repeating: 0, count: 126)), [1_002]),
                ("continuation of nothing", RawWebSocket.frame(0x80, [1]), [1_002]),
            ]
            for breach in breaches where !(rig.isMQTT && breach.name == "invalid UTF-8") {
                let connection = try await rig.rawWebSocket()
                connection.write(breach.bytes)
                await rig.wait(seconds: 3) { connection.isClosed }
                tried += 1
                let code = RawWebSocket.closeCode(in: connection.received)
                if !connection.isClosed {
                    bad.append("\(breach.name): the connection stays")
                } else if let code, !breach.codes.contains(code) {
                    bad.append("\(breach.name): closed with \(code)")
                }
                connection.close()
            }
        } else {
            for (name, bytes) in [
                ("five-byte length", [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01] as [UInt8]), ("reserved type", [0x00, 0x00]),
            ] {
                let connection = try await rig.raw()
                connection.write(bytes)
                await rig.wait(seconds: 3) { connection.isClosed }
                tried += 1
                if !connection.isClosed { bad.append("\(name): the connection stays") }
                connection.close()
            }
        }
        if !(await Self.lives(room, rig)) { bad.append("the room is disturbed") }
        return CaseOutcome(
            bad.isEmpty ? .pass : .fail,
            expected: "each breach ends its own connection with the code for it, and nothing else",
            actual: bad.isEmpty ? "\(tried) breaches, each its own end" : bad.joined(separator: "; "),
            evidence: ["breaches": tried, "receivers": 1])
    }

    private static func messages(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = try await Self.room(rig)
        let before = room.witness.inbox.count
        var thrownOut = 0
        let texts: [String]
        if rig.isRelay {
            texts = [
                "", "{", "nonsense", "[]", "7", "null", #"{"op":7}"#, #"{"op":"join"}"#, #"{"op":"join","room":7}"#,
                #"{"op":"message","room":"\#(rig.room())"}"#, #"{"op":"message","room":["x"],"data":{}}"#,
                #"{"op":"nothing"}"#,
            ]
        } else if rig.isEngineIO {
            texts = [
                "", "9", "4", "42", "42{}", "42[]", "42[7]", #"42["message"#, #"42["push",{"path":7}]"#,
                #"42["enter"]"#, "43", "47[]",
            ]
        } else {
            texts = []
        }
        var sent = 0
        for text in texts {
            let agent = try await rig.member(of: rig.room())
            agent.rawText(text)
            sent += 1
            await rig.pause(seconds: 0.02)
            if !agent.isOpen { thrownOut += 1 }
            agent.cut()
        }
        if rig.isMQTT {
            // A payload that is no JSON is a message all the same; our dialect must not take it for a signal.
            let agent = try await rig.member(of: rig.room())
            for text in ["{", "nonsense", "[]", "7", ""] {
                agent.push(json: text, isOwed: false)
                sent += 1
            }
            await rig.pause(seconds: 0.1)
        }
        let delivered = room.witness.inbox.dropFirst(before).count {
            // A broker carries bytes and cannot know better; there it counts what an agent would act on.
            $0.isMine && $0.kind != .bye && ($0.kind != nil || !rig.isMQTT)
        }
        let lives = await Self.lives(room, rig)
        return rig.check(
            lives && delivered == 0, expected: "an error or nothing; never delivered, nobody else harmed",
            actual:
                "\(sent) texts, \(thrownOut) senders thrown out, \(delivered) delivered\(lives ? "" : "; the room is silent")",
            evidence: ["texts": sent, "receivers": 1])
    }

    private static func endless(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        guard rig.isWebSocket else { return .notApplicable("the carrier is no WebSocket") }
        let room = try await Self.room(rig)
        let before = await rig.fixture.residentBytes?()
        let declared = try await rig.rawWebSocket()
        declared.write(RawWebSocket.frame(rig.isMQTT ? 0x82 : 0x81, [1, 2, 3], declared: 1 << 40))
        await rig.wait(seconds: 5) { declared.isClosed }
        let fragments = try await rig.rawWebSocket()
        let piece = Array(repeating: UInt8(ascii: "x"), count: 60_000)
        fragments.write(RawWebSocket.frame(rig.isMQTT ? 0x02 : 0x01, piece))
        let limit = rig.declaration.number("maxMessageBytes") ?? 16 << 20
        var sent = piece.count
        while !fragments.isClosed, sent < max(4 * limit, 8 << 20) {
            fragments.write(RawWebSocket.frame(0x00, piece))
            sent += piece.count
            await rig.pause(seconds: 0.002)
        }
        await rig.wait(seconds: 3) { fragments.isClosed }
        let after = await rig.fixture.residentBytes?()
        let codes = [declared, fragments].map { RawWebSocket.closeCode(in: $0.received) }
        var bad: [String] = []
        for (name, connection, code) in [
            ("a length of 2^40", declared, codes[0]), ("\(sent >> 10) KiB of fragments", fragments, codes[1]),
        ] {
            if !connection.isClosed { bad.append("\(name): the connection stays") }
            if let code, ![1_002, 1_009, 1_003, 1_006, 1_000].contains(code) {
                bad.append("\(name): closed with \(code)")
            }
            connection.close()
        }
        if let before, let after, after - before > 2 * limit + (8 << 20) {
            bad.append("memory grew by \((after - before) >> 20) MiB")
        }
        if !(await Self.lives(room, rig)) { bad.append("the room is disturbed") }
        return CaseOutcome(
            bad.isEmpty ? .pass : .fail, expected: "closed with 1009 or 1002, within a memory bound",
            actual: bad.isEmpty
                ? "closed with \(codes.map { $0.map(String.init) ?? "no code" }.joined(separator: " and "))"
                : bad.joined(separator: "; "),
            evidence: ["breaches": 2, "receivers": 1])
    }

    private static func silent(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let count = rig.size(50, 200)
        let settings = rig.fixture.quickHeart?.settings ?? rig.fixture.settings
        let room = rig.room()
        var silent: [RawConnection] = []
        for _ in 0..<count { silent.append(try await rig.raw(settings)) }
        let began = rig.board.elapsed
        let newcomer = try await rig.member(of: room, settings)
        let wait = Double(rig.board.elapsed - began) / 1e9
        // Heartbeats of a quick fixture end members whose driver has a hiccup; others take their place.
        var lives = false
        for attempt in 0..<3 where !lives {
            let listener = attempt == 0 ? newcomer : try await rig.member(of: room, settings)
            let speaker = try await rig.member(of: room, settings)
            let key = speaker.push("1")
            lives =
                await rig.wait(seconds: 3) {
                    listener.inbox.contains { $0.key == key } || !listener.isOpen || !speaker.isOpen
                }
                && listener.inbox.contains { $0.key == key }
        }
        defer { for connection in silent { connection.close() } }
        let declared = rig.fixture.quickHeart?.handshakeMs ?? rig.declaration.number("handshakeTimeoutMs")
        let actual = "a newcomer was in after \(Int(wait * 1_000)) ms"
        guard let declared, !rig.isQuick || declared <= 12_000 else {
            return CaseOutcome(
                lives && wait < 5 ? .info : .nonStrict, expected: "silent connections block nobody", actual: actual,
                evidence: ["connections": count, "receivers": 1])
        }
        let bound = Double(declared) / 1_000 * 1.2 + 1
        let closed = await rig.wait(seconds: bound) { silent.allSatisfy(\.isClosed) }
        let left = silent.count { !$0.isClosed }
        return CaseOutcome(
            closed && lives && wait < 5 ? .pass : .nonStrict,
            expected: "\(count) silent connections end within \(declared) ms and block nobody",
            actual: "\(actual); \(left) are still open", evidence: ["connections": count, "receivers": 1])
    }
}
