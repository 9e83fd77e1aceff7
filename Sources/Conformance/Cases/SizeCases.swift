import Measure

/// How large a message may be: PAY-07 to PAY-09.
enum SizeCases {
    static let all: [String: CaseBook.Body] = [
        "PAY-07": { try await Self.boundaries($0) },
        "PAY-08": { try await Self.big($0) },
        "PAY-09": { try await Self.oversize($0) },
    ]

    /// A content that makes the whole signal about so many bytes.
    private static func pad(_ bytes: Int) -> String { "\"" + String(repeating: "p", count: max(0, bytes)) + "\"" }

    private static func boundaries(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let agents = try await rig.members(2, of: rig.room())
        let limit = rig.declaration.number("maxMessageBytes") ?? 1 << 20
        let edges = [125, 126, 127, 128, 16_383, 16_384, 65_535, 65_536] + (rig.isQuick ? [] : [2_097_151, 2_097_152])
        // The frame is the signal and what the dialect puts around it, so that each boundary is approached from below.
        let probe = agents[0].push(Self.pad(0))
        await rig.drain()
        let bare = agents[1].inbox.first { $0.key == probe }?.text.count ?? 120
        // Whoever is sent much at once may be thrown out for it, which is not the question here.
        var underWay = 0
        for edge in edges where edge < limit - 1_024 {
            for offset in stride(from: -72, through: 8, by: rig.isQuick ? 4 : 1) where edge - bare + offset > 0 {
                agents[0].push(Self.pad(edge - bare + offset))
                underWay += edge
                if underWay > 512 << 10 {
                    await rig.drain(settle: 0)
                    underWay = 0
                }
            }
            await rig.pause(seconds: 0)
        }
        await rig.drain()
        return rig.judge([.lost, .altered], expected: "sizes around every boundary of the framing arrive equal")
    }

    private static func big(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let limit = rig.declaration.number("maxMessageBytes") ?? 1 << 20
        let agents = try await rig.members(9, of: rig.room())
        let sizes = [64 << 10, 100_000, 256 << 10] + (rig.isQuick ? [] : [1 << 20, limit])
        for size in Set(sizes.map { min($0, limit) - 1_024 }).sorted() {
            agents[0].push(Self.pad(size))
            await rig.drain(settle: 0)
        }
        await rig.drain()
        return rig.judge(
            [.lost, .altered], expected: "messages up to the declared size arrive at eight members unchanged")
    }

    private static func oversize(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let limit = rig.declaration.number("maxMessageBytes") ?? 1 << 20
        let room = rig.room()
        let witness = try await rig.member(of: room)
        let other = try await rig.member(of: room)
        let sender = try await rig.member(of: room)
        let key = sender.push(json: #"{"type":"chatter","from":"x","tag":"$TAG","content":\#(Self.pad(limit + 1))}"#)
        await rig.wait(seconds: 5) { !sender.isOpen || !sender.refusals.isEmpty }
        let after = other.push("1")
        let lives = await rig.wait(seconds: 3) { witness.inbox.contains { $0.key == after } }
        let arrived = witness.inbox.contains { $0.key == key }
        let wasAcknowledged = sender.acknowledged.contains(key.n)
        let actual = !sender.isOpen ? "close" : !sender.refusals.isEmpty ? "error" : "drop"
        let declared = rig.declaration.text("oversize")
        return rig.check(
            lives && !arrived && !wasAcknowledged && (declared == nil || declared == actual),
            expected:
                "\(declared ?? "anything definite") for \(limit + 1) bytes and more; never delivered, nobody else harmed",
            actual: "\(actual)\(sender.closing.map { " (\($0.reason))" } ?? "")\(arrived ? ", and delivered" : "")"
                + "\(wasAcknowledged ? ", and acknowledged" : "")\(lives ? "" : ", and the room is silent")",
            evidence: rig.evidence)
    }
}
