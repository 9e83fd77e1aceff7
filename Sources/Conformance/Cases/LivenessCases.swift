import Backends
import Measure

/// Heartbeats and ends: LIV-01 to LIV-04.
enum LivenessCases {
    static let all: [String: CaseBook.Body] = [
        "LIV-01": { try await Self.idle($0) },
        "LIV-02": { try await Self.pong($0) },
        "LIV-03": { try await Self.cadence($0) },
        "LIV-04": { try await Self.handshake($0) },
    ]

    private static func idle(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let heart = rig.isQuick ? rig.fixture.quickHeart : nil
        let settings = heart?.settings ?? rig.fixture.settings
        let agents = [try await rig.member(of: rig.room(), settings), try await rig.member(of: rig.room(), settings)]
        let seconds = heart.map { min(Double($0.intervalMs) * 20 / 1_000, 6) } ?? (rig.isQuick ? 3 : 60)
        await rig.pause(seconds: seconds)
        let key = agents[0].push("1")
        let began = rig.board.elapsed
        let isHeard = await rig.wait(seconds: 2) { agents[1].inbox.contains { $0.key == key } }
        let ms = Int((rig.board.elapsed - began) / 1_000_000)
        return rig.check(
            isHeard && ms <= 1_000 && agents.allSatisfy(\.isOpen),
            expected: "after \(Int(seconds)) s of silence a message arrives within 1 s",
            actual: isHeard
                ? "after \(ms) ms; \(agents[0].pings.count) pings meanwhile"
                : "it did not; \(agents.count { !$0.isOpen }) connections are gone",
            evidence: ["messages": 1, "receivers": 1, "pings": agents[0].pings.count])
    }

    private static func pong(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        if rig.isMQTT, !rig.isWebSocket {
            let agent = try await rig.member(of: rig.room())
            agent.tapWire()
            agent.raw([0xC0, 0x00])
            // PINGRESP (MQTT 3.1.1 §3.13).
            let isAnswered = await rig.wait(seconds: 3) { agent.wire.firstRange(of: [0xD0, 0x00] as [UInt8]) != nil }
            return rig.check(
                isAnswered, expected: "PINGREQ is answered by PINGRESP",
                actual: isAnswered ? "it was answered" : "no answer",
                evidence: ["pings": 1])
        }
        guard rig.isWebSocket else { return .notApplicable("the carrier has no ping") }
        let connection = try await rig.rawWebSocket()
        defer { connection.close() }
        var answered: [String] = []
        for payload in ["", "signal", String(repeating: "p", count: 125)] {
            let before = RawWebSocket.frames(in: connection.received).count { $0.opcode == 10 }
            connection.write(RawWebSocket.frame(0x89, Array(payload.utf8)))
            await rig.wait(seconds: 3) {
                RawWebSocket.frames(in: connection.received).count { $0.opcode == 10 } > before
            }
            let pongs = RawWebSocket.frames(in: connection.received).filter { $0.opcode == 10 }
            if pongs.count > before, Array(pongs[before].payload) == Array(payload.utf8) { answered.append(payload) }
        }
        var engine = "none"
        if rig.isEngineIO, rig.webSocketPlace(rig.fixture.settings).path.contains("EIO=3") {
            connection.write(RawWebSocket.text("2"))
            engine =
                await rig.wait(seconds: 3) {
                    RawWebSocket.frames(in: connection.received).contains { Array($0.payload) == [0x33] }
                } ? "answered" : "silent"
        }
        return rig.check(
            answered.count == 3 && engine != "silent", expected: "each ping is answered by a pong of the same content",
            actual: "\(answered.count) of 3\(engine == "none" ? "" : "; Engine.IO's ping: \(engine)")",
            evidence: ["pings": 3])
    }

    private static func cadence(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let heart = rig.fixture.quickHeart
        if heart == nil, rig.isQuick {
            return .notApplicable("the heartbeat of a server that is not ours is too slow for the quick profile")
        }
        let settings = heart?.settings ?? rig.fixture.settings
        let interval = heart?.intervalMs ?? rig.declaration.number("heartbeat.intervalMs") ?? 25_000
        let timeout = heart?.timeoutMs ?? rig.declaration.number("heartbeat.timeoutMs") ?? 20_000
        let agent = try await rig.connect(settings)
        let count = heart == nil ? 3 : 10
        await rig.wait(seconds: Double(interval * (count + 2)) / 1_000 + 2) { agent.pings.count >= count }
        let gaps = zip(agent.pings, agent.pings.dropFirst()).map { Int(($1 - $0) / 1_000_000) }
        guard gaps.count >= count - 1 else {
            return rig.check(
                false, expected: "a ping every \(interval) ms", actual: "\(agent.pings.count) pings",
                evidence: ["pings": agent.pings.count])
        }
        let middle = gaps.sorted()[gaps.count / 2]
        // Who does not answer is dropped.
        let sleeper = try await rig.connect(settings)
        let connection = sleeper.connection
        sleeper.freeze()
        let began = rig.board.elapsed
        await rig.pause(seconds: Double(timeout) * 0.8 / 1_000)
        let isEarly = connection?.hasEnded ?? true
        connection?.resumeReads()
        await rig.wait(seconds: Double(interval + timeout) * 1.2 / 1_000 + 2) { connection?.hasEnded ?? true }
        let ended = connection?.hasEnded ?? true
        let ms = Int((rig.board.elapsed - began) / 1_000_000)
        return rig.check(
            abs(middle - interval) <= max(interval / 5, 20) && ended && !isEarly,
            expected:
                "a ping every \(interval) ms ± 20 %, and an end within \(interval + timeout) ms without an answer",
            actual:
                "every \(middle) ms (median of \(gaps.count)); \(ended ? "ended after \(ms) ms" : "never ended")\(isEarly ? ", too early" : "")",
            evidence: ["pings": agent.pings.count])
    }

    private static func handshake(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        guard rig.isWebSocket else { return .notApplicable("the carrier is no WebSocket") }
        let room = rig.room()
        let witness = try await rig.member(of: room)
        let connection = try await rig.rawWebSocket()
        let began = rig.board.elapsed
        // Close 1000, and then a message that comes too late.
        connection.write(RawWebSocket.frame(0x88, [0x03, 0xE8]))
        connection.write(RawWebSocket.text(#"{"op":"join","room":"\#(room)"}"#))
        await rig.wait(seconds: 2) { connection.isClosed }
        let ms = Int((rig.board.elapsed - began) / 1_000_000)
        let code = RawWebSocket.closeCode(in: connection.received)
        let holds =
            connection.isClosed && ms <= 1_000 && (code == 1_000 || code == 1_005) && witness.peersJoined.isEmpty
        connection.close()
        return CaseOutcome(
            holds ? .pass : .nonStrict,
            expected: "a close frame with 1000 is answered within 1 s, and the server closes",
            actual:
                "\(connection.isClosed ? "closed after \(ms) ms" : "still open"), \(code.map { "answered with \($0)" } ?? "no close frame")",
            evidence: ["closes": 1])
    }
}
