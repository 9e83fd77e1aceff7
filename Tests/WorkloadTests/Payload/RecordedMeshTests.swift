import Foundation
import Testing

@testable import Workload

/// Files of recordings, as profiles name them.
@Suite struct RecordedMeshTests {
    private static func message(
        _ at: Int, _ type: String, _ from: String, _ to: String? = nil, _ rest: String = ""
    ) -> String {
        let sendto = to.map { #","sendto":"\#($0)""# } ?? ""
        return #"{"t_ms":\#(at),"message":{"type":"\#(type)","from":"\#(from)"\#(sendto)\#(rest)}}"#
    }

    private static func file(_ messages: [String]) -> [UInt8] {
        Array(#"{"messages":[\#(messages.joined(separator: ","))]}"#.utf8)
    }

    /// An application without calls and responses, of two, who say to nobody in particular what they say.
    private static let pair = Self.file([
        Self.message(0, "offer", "A", nil, #","sdp":"v=0\r\na=ice-ufrag:abcd\r\n""#),
        Self.message(
            5, "candidate", "A", nil, #","candidate":"candidate:1 1 udp 9 192.0.2.1 50000 typ host","sdpMid":"audio""#),
        Self.message(40, "answer", "B", nil, #","sdp":"v=0\r\na=ice-ufrag:efgh\r\n""#),
        Self.message(45, "candidate", "B", nil, #","candidate":"""#),
        Self.message(90, "offer", "B", nil, #","sdp":"v=0\r\n""#),
    ])

    private static func read(_ text: String, _ files: [String: [UInt8]]) throws -> Profile {
        var checks = ProfileReader.Checks()
        checks.recording = { files[$0] }
        return try ProfileReader.read(text: text, file: "p.yaml", checks: checks)
    }

    @Test func `what two say to nobody in particular is for the other, and later offers are left out`() throws {
        let mesh = RecordedMesh(try RecordedCall(bytes: Self.pair))
        #expect(mesh.peers == ["A", "B"] && mesh.pairs.count == 1 && mesh.unplayed == 1)
        let pair = try #require(mesh.pairs.first)
        #expect(pair.isUnasked && pair.think == (0, 0, 40_000_000))
        #expect(pair.offer.candidates.map(\.delay) == [5_000_000] && pair.answer.candidates.map(\.text) == [""])
        #expect(mesh.calls == [0, nil])
    }

    @Test func `a body has the size of its model, and nothing of its identities`() throws {
        let profile = try Self.read("signaling: {payload: two.json}", ["two.json": Self.pair])
        let pool = PayloadPool(profile: profile, seed: 3, slots: [0, 1])
        var body: [UInt8] = []
        _ = pool.offer(agent: 0, peer: 1, generation: 1, version: 1, into: &body)
        let sdp = try #require(try members(of: body)["sdp"] as? String)
        #expect(sdp.utf8.count == "v=0\r\na=ice-ufrag:abcd\r\n".utf8.count && !sdp.contains("abcd"))
        body = []
        #expect(pool.candidateCount(.offerer, agent: 0, peer: 1) == 1)
        _ = pool.candidate(agent: 0, peer: 1, generation: 1, role: .offerer, index: 0, into: &body)
        let candidate = try members(of: body)
        #expect(candidate["sdpMid"] as? String == "audio" && candidate["sdpMLineIndex"] as? Int == 0)
        let text = try #require(candidate["candidate"] as? String)
        #expect(text.wholeMatch(of: #/candidate:[1-9] 1 udp 9 192\.0\.2\.1 \d{5} typ host/#) != nil, "\(text)")
    }

    @Test func `a profile keeps the mark of its file, and refuses another`() throws {
        let profile = try Self.read("signaling: {payload: two.json, pacing: two.json}", ["two.json": Self.pair])
        let json = String(decoding: try JSONEncoder().encode(profile), as: UTF8.self)
        #expect(json.contains("two.json#"))
        #expect(try Self.read(json, ["two.json": Self.pair]).signaling == profile.signaling)
        let changed = Self.file([Self.message(0, "offer", "A")])
        for (files, words) in [
            (["two.json": changed], "is not the file that was meant"), ([:], "cannot be read"),
        ] {
            #expect { try Self.read(json, files) } throws: { "\($0)".contains(words) }
        }
    }

    @Test(arguments: [
        ("signaling: {payload: no.json}", "cannot be read"), ("signaling: {payload: bad.json}", "is no recording"),
        ("signaling: {pacing: empty.json}", "has no pair that came to an answer"),
        ("signaling: {payload: two.json, candidates: 3}", "contradicts signaling.payload"),
        ("signaling: {payload: two.json, ice: vanilla}", "contradicts signaling.payload"),
        ("calls: {when: recorded, gap: 1s}", "where each member calls as its model did"),
        ("signaling: {pacing: recordet}", "is neither recorded nor none"),
    ])
    func `what contradicts a recording is said`(text: String, words: String) {
        let files = ["two.json": Self.pair, "bad.json": Array("[]".utf8), "empty.json": Self.file([])]
        #expect { try Self.read(text, files) } throws: { "\($0)".contains(words) }
    }

    @Test func `members arrive and call as those of the recording, each room in its turn`() throws {
        let text = "agents: 8\nrooms: {size: 4, fill: sequential}\narrival: {pattern: constant, rate: 1/s}"
        let plan = Planner.plan(try Self.read(text + "\ncalls: {when: recorded}", [:]), seed: 1)
        #expect(plan.sessions.map(\.arrive) == [0, 0, 0, 0, 4, 4, 4, 4].map { $0 * 1_000_000_000 })
        // A, C, D and B, in the order of their first words.
        let calls: [Int64] = [0, 4_074_600_000, 6_466_200_000, 2_021_800_000]
        for call in plan.calls {
            let room = Int64(call.agent / 4)
            #expect(call.at == room * 4_000_000_000 + 1_000_000_000 + calls[call.agent % 4])
        }
        #expect(plan.calls.count == 8 && plan.pairs.count == 12)
    }
}
