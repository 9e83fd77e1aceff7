import Foundation
import Signaling
import TestKit
import Testing

@testable import Workload

/// What agents send, read by an independent implementation of WebRTC, the PyPI package `aiortc`.
@Suite(.enabled(if: Lane.isPatient, "the reader is another program"), .sideBySide, .serialized, .timeLimit(.minutes(4)))
struct AiortcTests {
    /// Pairs whose signals are read, over all rows of the table.
    private static let pairs = 200

    private static let profiles = [
        "", "signaling: {ice: vanilla}", "signaling: {candidates: 40}",
        "signaling: {payload: {offer: 1200, answer: 900, candidate: 90}}",
        "signaling: {ice: vanilla, candidates: 11, payload: {offer: 7000, answer: 6000, candidate: 150}}",
    ]

    @Test(arguments: Self.profiles)
    func `it parses our signals, answers our offers and takes our answers`(text: String) async throws {
        let profile = try ProfileReader.read(text: text, file: "p.yaml")
        let pool = PayloadPool(profile: profile, seed: 7)
        let count = Self.pairs / Self.profiles.count
        let lines = try (0..<count).map { try Self.line(pool, profile, pair: $0) }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("signals-\(UUID()).jsonl")
        try Data(lines.joined(separator: [10])).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try await PythonPeer.required().run(file: "aiortc_check.py", [file.path], timeout: 200)
        let candidates =
            pool.candidateCount(.offerer, agent: 0, peer: 1) + pool.candidateCount(.answerer, agent: 0, peer: 1)
        #expect(outcome.output == "\(count) \(count) \(count * candidates)\n")
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    }

    /// The signals of one pair and what was meant by them, as a line of JSON.
    ///
    /// Agents, peers, generations and versions differ from pair to pair.
    private static func line(_ pool: PayloadPool, _ profile: Profile, pair: Int) throws -> Data {
        let (offerer, answerer) = (pair % 7, 7 + pair % 5)
        let generation = pair / 3
        var writer = SignalWriter()
        var body: [UInt8] = []
        var digest = pool.offer(
            agent: offerer, peer: answerer, generation: generation, version: pair, into: &body)
        let offer = try writer.signal(.offer, from: offerer, to: answerer, body, digest)
        body = []
        digest = pool.answer(agent: answerer, peer: offerer, generation: generation, version: pair, into: &body)
        let answer = try writer.signal(.answer, from: answerer, to: offerer, body, digest)
        var candidates: [[String: Any]] = []
        var embedded: [String: Any] = [:]
        let isSized = profile.signaling.payload != .chromium
        for (role, of) in [(PayloadPool.Role.offerer, "offer"), (.answerer, "answer")] {
            let (agent, peer) = role == .offerer ? (offerer, answerer) : (answerer, offerer)
            let counts = profile.signaling.candidates
            let sections = SessionSections.count(in: role == .offerer ? offer : answer, role)
            let shapes = (0..<(role == .offerer ? counts.offerer : counts.answerer)).map {
                CandidateShape(index: $0, sections: sections, udpOnly: isSized)
            }
            for index in 0..<pool.candidateCount(role, agent: 0, peer: 1) {
                body = []
                digest = pool.candidate(
                    agent: agent, peer: peer, generation: generation, role: role, index: index, into: &body)
                let signal = try writer.signal(.candidate, from: agent, to: peer, body, digest)
                candidates.append(["signal": signal, "of": of, "expected": Self.meaning(of: shapes[index])])
            }
            embedded[of] = profile.signaling.ice == .vanilla ? shapes.map(Self.meaning) : []
        }
        return try JSONSerialization.data(
            withJSONObject: ["offer": offer, "answer": answer, "candidates": candidates, "embedded": embedded])
    }

    /// What a reader should find in a candidate.
    private static func meaning(of shape: CandidateShape) -> [String: Any] {
        [
            "component": 1, "ip": shape.address, "protocol": shape.isTCP ? "tcp" : "udp", "priority": shape.priority,
            "type": "host", "tcpType": shape.isTCP ? "active" as Any : NSNull(), "mid": "\(shape.section)",
            "index": shape.section,
        ]
    }

    /// How many m-lines of a description have candidates: all of an offer's, the first of an answer's.
    private enum SessionSections {
        static func count(in signal: [String: Any], _ role: PayloadPool.Role) -> Int {
            let lines = (signal["sdp"] as? String ?? "").split(separator: "\r\n")
            return role == .answerer ? 1 : lines.count { $0.hasPrefix("m=") }
        }
    }
}
