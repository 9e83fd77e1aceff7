import Backends
import Measure

/// Who is in a room, and what that means: ROOM-01 to ROOM-06.
enum RoomCases {
    static let all: [String: CaseBook.Body] = [
        "ROOM-01": { try await Self.isolation($0) },
        "ROOM-02": { try await Self.barrier($0) },
        "ROOM-03": { try await Self.leaveStops($0) },
        "ROOM-04": { try await Self.idempotent($0) },
        "ROOM-05": { try await Self.several($0) },
        "ROOM-06": { try await Self.many($0) },
    ]

    private static func isolation(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let count = rig.size(12, 50)
        for room in 0..<count { _ = try await rig.members(2, of: rig.room("\(room)")) }
        let outsider = try await rig.connect()
        for _ in 0..<2 { for agent in rig.agents where agent.isJoined { agent.push("1") } }
        // In no room; where the dialect itself refuses, the server is told in its own words.
        outsider.push("1")
        if rig.isRelay {
            outsider.rawText(
                #"{"op":"message","room":\#(JSONWriting.string(rig.room("0"))),"data":{"type":"chatter","from":"x","tag":"\#(rig.board.tagText(MessageKey(from: outsider.index, n: 9)))"}}"#
            )
        } else if rig.fixture.settings.wire == .socketIO {
            let event = rig.fixture.settings.options["events.message"] ?? "message"
            outsider.rawText(
                #"42["\#(event)",{"type":"chatter","from":"x","tag":"\#(rig.board.tagText(MessageKey(from: outsider.index, n: 9)))"}]"#
            )
        }
        await rig.drain()
        return rig.judge(
            [.unexpected, .lost],
            expected: "\(count) rooms of 2 hear only themselves, and nobody hears who is in no room")
    }

    private static func barrier(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let speaker = try await rig.member(of: room)
        var early = 0
        for _ in 0..<10 {
            let agent = try await rig.connect()
            speaker.push("1")
            await rig.pause(seconds: 0.01)
            early += agent.inbox.count
            try await rig.join(agent, room)
            speaker.push("1")
        }
        await rig.drain()
        let outcome = rig.judge(
            [.lost, .unexpected, .duplicated], expected: "who has joined gets what is sent from then on")
        guard early > 0, rig.declaration.text("history") == "none" else { return outcome }
        return rig.worst([
            outcome, rig.check(false, expected: "nothing before the join", actual: "\(early) messages before a join"),
        ])
    }

    private static func leaveStops(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let agents = try await rig.members(4, of: room)
        agents[0].push("1")
        await rig.drain()
        agents[3].leave()
        // Leaving has no answer; what its connection is answered afterwards shows that it was taken.
        await rig.pause(seconds: 0.3)
        for _ in 0..<5 { agents[0].push("1") }
        await rig.drain(settle: 0.6)
        return rig.judge([.unexpected, .lost], expected: "nothing for who has left, everything for the others")
    }

    private static func idempotent(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let room = rig.room()
        let agents = try await rig.members(2, of: room)
        try await rig.join(agents[1], room)
        agents[0].push("1")
        agents[1].push("1")
        await rig.drain()
        var outcomes = [rig.judge([.lost, .duplicated], expected: "joining twice counts once", isFirm: false)]
        if rig.declaration.flag("leave") == true {
            agents[1].leave()
            // Nothing says that it was taken, no more than a join where the backend does not confirm one.
            let grace = Double(rig.fixture.settings.joinGrace) / 1e9
            await rig.pause(seconds: rig.board.capabilities.joinConfirmed ? 0.2 : max(0.2, grace))
            try await rig.join(agents[1], room)
            agents[0].push("1")
            agents[1].push("1")
            await rig.drain()
            outcomes.append(
                rig.judge(
                    [.lost, .duplicated], expected: "joining after leaving works as the first time", isFirm: false))
        }
        return rig.worst(outcomes)
    }

    private static func several(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let a = rig.room("a")
        let b = rig.room("b")
        let agent = try await rig.member(of: a)
        agent.tapWire()
        let inA = try await rig.member(of: a)
        let inB = try await rig.member(of: b)
        // The dialect speaks for one room at a time; what came from both is seen on the wire.
        let isIn = await rig.tryJoin(agent, b)
        inA.push(json: #"{"type":"chatter","from":"x","mark":"only-a","tag":"$TAG"}"#)
        inB.push(json: #"{"type":"chatter","from":"x","mark":"only-b","tag":"$TAG"}"#)
        await rig.wait(seconds: 2) { agent.wireContains("only-b") }
        await rig.pause(seconds: 0.2)
        let hearsA = agent.wireContains("only-a")
        let hearsB = agent.wireContains("only-b")
        guard hearsA || hearsB else {
            return CaseOutcome(.inconclusive, actual: isIn ? "neither room was heard" : "the second join was refused")
        }
        let isMulti = hearsA && hearsB
        return rig.check(
            rig.declaration.flag("room.multi").map { $0 == isMulti } ?? true,
            expected: rig.declaration.flag("room.multi") == true ? "both rooms are heard" : "one room at a time",
            actual: isMulti
                ? "both rooms are heard"
                : hearsB ? "the second room takes the first one's place" : "the first room stays",
            evidence: ["messages": 2, "receivers": 1])
    }

    private static func many(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let count = rig.size(100, 1_000)
        var times: [Int64] = []
        for room in 0..<count {
            let agents = [try await rig.connect(), try await rig.connect()]
            let began = rig.board.elapsed
            for agent in agents { try await rig.join(agent, rig.room("\(room)")) }
            times.append(rig.board.elapsed - began)
        }
        for agent in rig.agents { agent.push("1") }
        await rig.drain()
        var outcome = rig.judge(
            [.unexpected, .lost], expected: "\(count) rooms of 2 lose nothing and hear only themselves")
        let early = times.prefix(10).sorted()[times.prefix(10).count / 2]
        let late = times.suffix(10).sorted()[times.suffix(10).count / 2]
        outcome.actual += "; two joins took \(early / 1_000) µs at first and \(late / 1_000) µs at last"
        return outcome
    }
}
