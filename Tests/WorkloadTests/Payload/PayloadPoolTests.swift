import Foundation
import Signaling
import Testing

@testable import Workload

/// The body of a signal, parsed by Foundation.
func members(of body: [UInt8]) throws -> [String: Any] {
    let json = Data("{\"type\":\"x\"".utf8) + Data(body) + Data("}".utf8)
    return try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
}

@Suite struct PayloadPoolTests {
    private static func pool(_ text: String = "", seed: UInt64 = 1) throws -> PayloadPool {
        PayloadPool(profile: try ProfileReader.read(text: text, file: "p.yaml"), seed: seed)
    }

    private func sdp(
        _ pool: PayloadPool, _ role: PayloadPool.Role, agent: Int = 0, peer: Int = 1, generation: Int = 0,
        version: Int = 0
    ) throws -> String {
        var body: [UInt8] = []
        switch role {
        case .offerer: _ = pool.offer(agent: agent, peer: peer, generation: generation, version: version, into: &body)
        case .answerer: _ = pool.answer(agent: agent, peer: peer, generation: generation, version: version, into: &body)
        }
        return try #require(try members(of: body)["sdp"] as? String)
    }

    private func candidate(
        _ pool: PayloadPool, _ role: PayloadPool.Role, _ index: Int, agent: Int = 0, peer: Int = 1, generation: Int = 0
    ) throws -> (text: String, mid: String, line: Int) {
        var body: [UInt8] = []
        _ = pool.candidate(agent: agent, peer: peer, generation: generation, role: role, index: index, into: &body)
        let members = try members(of: body)
        return (
            try #require(members["candidate"] as? String), try #require(members["sdpMid"] as? String),
            try #require(members["sdpMLineIndex"] as? Int)
        )
    }

    static let profiles = [
        "", "signaling: {ice: vanilla}", "signaling: {ice: vanilla, candidates: 0}",
        "signaling: {ice: vanilla, candidates: 11}", "signaling: {payload: {}}",
        "signaling: {payload: {offer: 1200, answer: 900, candidate: 90}}",
        "signaling: {ice: vanilla, payload: {offer: 4000, answer: 7000, candidate: 150}}",
    ]

    @Test(arguments: Self.profiles, PayloadPool.Role.allCases)
    func `a description is valid`(text: String, role: PayloadPool.Role) throws {
        let sdp = try self.sdp(try Self.pool(text), role)
        let checker = DescriptionChecker(sdp)
        #expect(checker.problems == [])
        #expect(checker.attributes("ice-pwd").allSatisfy { $0.count == 24 && $0.allSatisfy(\.isIceChar) })
        #expect(checker.attributes("ice-ufrag").allSatisfy { $0.count == 8 && $0.allSatisfy(\.isIceChar) })
        #expect(Set(checker.attributes("setup")) == [role == .offerer ? "actpass" : "active"])
    }

    @Test func `nothing of the recorded identities is left`() throws {
        let recorded = RecordedCall.chromium.sdpLines("offer", from: "A", to: "B").joined(separator: "\r\n")
        let checker = DescriptionChecker(recorded + "\r\n")
        let pool = try Self.pool()
        let sdp = try self.sdp(pool, .offerer)
        let ids = checker.attributes("msid").flatMap { $0.split(separator: " ") }.map(String.init)
        let sources = checker.attributes("ssrc").compactMap { $0.split(separator: " ").first }.map(String.init)
        let names = checker.attributes("ssrc").compactMap { $0.split(separator: ":").last }.map(String.init)
        let secrets = checker.attributes("ice-pwd") + checker.attributes("fingerprint") + [String(checker.origin[1])]
        for value in ids + sources + names + secrets { #expect(!sdp.contains(value), "\(value)") }
        // All the rest is as recorded.
        #expect(DescriptionChecker(sdp).lines.count == checker.lines.count)
        #expect(abs(sdp.utf8.count - recorded.utf8.count) < 30)
    }

    @Test func `sources, streams and tracks agree within a description`() throws {
        let checker = DescriptionChecker(try self.sdp(try Self.pool(), .offerer))
        let sources = checker.attributes("ssrc").compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(Set(sources).count == 3)
        let group = try #require(checker.attributes("ssrc-group").first).split(separator: " ").dropFirst()
        #expect(group.allSatisfy { sources.contains(String($0)) })
        let streams = Set(checker.attributes("msid").compactMap { $0.split(separator: " ").first.map(String.init) })
        #expect(streams.count == 1)
        #expect(checker.attributes("msid-semantic").first == " WMS \(streams.first ?? "")")
        #expect(Set(checker.attributes("msid")).count == 2)
        #expect(sources.allSatisfy { UInt32($0) != nil })
    }

    @Test func `each end of each connection has its own identity`() throws {
        let pool = try Self.pool()
        var ufrags: Set<String> = []
        var passwords: Set<String> = []
        var sessions: Set<Substring> = []
        var fingerprints: [Int: Set<String>] = [:]
        var count = 0
        for agent in 0..<12 {
            for peer in 0..<12 where peer != agent {
                for generation in 0..<2 {
                    let sdp = try self.sdp(pool, .offerer, agent: agent, peer: peer, generation: generation)
                    let checker = DescriptionChecker(sdp)
                    ufrags.formUnion(checker.attributes("ice-ufrag"))
                    passwords.formUnion(checker.attributes("ice-pwd"))
                    sessions.insert(checker.origin[1])
                    fingerprints[agent, default: []].formUnion(checker.attributes("fingerprint"))
                    count += 1
                }
            }
        }
        #expect(ufrags.count == count && passwords.count == count && sessions.count == count)
        #expect(fingerprints.values.allSatisfy { $0.count == 1 })
        #expect(Set(fingerprints.values.flatMap { $0 }).count == 12)
    }

    @Test func `a new version is the same session`() throws {
        let pool = try Self.pool()
        let first = DescriptionChecker(try self.sdp(pool, .offerer, version: 2)).origin
        let second = DescriptionChecker(try self.sdp(pool, .answerer, version: 3)).origin
        #expect(first[1] == second[1])
        #expect(try #require(UInt64(first[2])) < (try #require(UInt64(second[2]))))
    }

    @Test(arguments: [("", 1), ("signaling: {candidates: 40}", 1), ("signaling: {candidates: 256}", 1)])
    func `candidates are valid`(text: String, seed: Int) throws {
        let pool = try Self.pool(text, seed: UInt64(seed))
        for role in PayloadPool.Role.allCases {
            let ufrag = DescriptionChecker(try self.sdp(pool, role)).attributes("ice-ufrag").first
            var bases: [String: Set<String>] = [:]
            var seen: Set<String> = []
            var priorities: Set<String> = []
            for index in 0..<pool.candidateCount(role, agent: 0, peer: 1) {
                let (text, mid, line) = try self.candidate(pool, role, index)
                let checker = CandidateChecker(text)
                #expect(checker.problems == [], "\(text)")
                #expect(checker.extensions["ufrag"] == ufrag)
                #expect(checker.extensions["network-id"] != nil)
                #expect(mid == "\(line)" && (0...(role == .offerer ? 1 : 0)).contains(line))
                bases["\(checker.address) \(checker.transport)", default: []].insert(checker.foundation)
                // No two candidates of an m-line are alike, nor have the same priority (RFC 8445 §5.1.2).
                #expect(seen.insert("\(mid) \(checker.address) \(checker.transport)").inserted)
                #expect(priorities.insert("\(mid) \(checker.priority)").inserted)
            }
            #expect(bases.values.allSatisfy { $0.count == 1 })
            #expect(Set(bases.values.flatMap { $0 }).count == bases.count)
        }
    }

    @Test func `candidates look as recorded`() throws {
        let pool = try Self.pool()
        let first = try self.candidate(pool, .offerer, 0)
        #expect(first.text.hasSuffix("typ host generation 0 ufrag \(first.text.suffix(21).prefix(8)) network-id 1"))
        #expect(first.text.contains(" 1 udp 2122194687 198.51.100.7 "))
        #expect(try self.candidate(pool, .offerer, 3).line == 1)
        #expect(
            try self.candidate(pool, .offerer, 7).text.contains(
                " 1 tcp 1518285567 2001:db8::7 9 typ host tcptype active "))
        #expect(try self.candidate(pool, .answerer, 2).text.contains(" tcp "))
    }

    @Test(arguments: [(11, 5), (1, 1), (0, 2)])
    func `vanilla candidates stand in the description`(offerer: Int, answerer: Int) throws {
        let text = "signaling: {ice: vanilla, candidates: {offerer: \(offerer), answerer: \(answerer)}}"
        let pool = try Self.pool(text)
        let trickling = try Self.pool(text.replacingOccurrences(of: "vanilla", with: "trickle"))
        for (role, count) in [(PayloadPool.Role.offerer, offerer), (.answerer, answerer)] {
            #expect(pool.candidateCount(role, agent: 0, peer: 1) == 0)
            let checker = DescriptionChecker(try self.sdp(pool, role))
            let found = checker.attributes("candidate").map { "candidate:\($0)" }
            let trickled = try (0..<count).map { try self.candidate(trickling, role, $0).text }
            #expect(found.sorted() == trickled.sorted())
            let ends = checker.lines.count { $0 == "a=end-of-candidates" }
            #expect(ends == (count == 0 ? 0 : role == .offerer && count > 2 ? 2 : 1))
            // The m-line names the default candidate.
            let port = checker.lines.first { $0.hasPrefix("m=audio") }?.split(separator: " ").dropFirst().first
            #expect(port.map(String.init) == (count == 0 ? "9" : "\(CandidateChecker(trickled[0]).port)"))
        }
    }

    @Test func `digests are those of the receiving side`() throws {
        for text in Self.profiles {
            let pool = try Self.pool(text)
            var scratch: [UInt8] = []
            func check(_ kind: SignalKind, _ fill: (inout [UInt8]) -> UInt32) throws {
                var json = Array("{\"type\":\"\(kind.name)\"".utf8)
                let sent = fill(&json)
                json.append(UInt8(ascii: "}"))
                let received = BodyReader.digest(of: kind, in: json.span.bytes, scratch: &scratch)
                #expect(received == sent, "\(kind) of \(text)")
            }
            try check(.offer) { pool.offer(agent: 3, peer: 4, generation: 5, version: 6, into: &$0) }
            try check(.answer) { pool.answer(agent: 3, peer: 4, generation: 5, version: 6, into: &$0) }
            for index in 0..<pool.candidateCount(.offerer, agent: 0, peer: 1) {
                try check(.candidate) {
                    pool.candidate(agent: 3, peer: 4, generation: 5, role: .offerer, index: index, into: &$0)
                }
            }
            try check(.chatter) { pool.pad(agent: 3, n: 9, bytes: 200, into: &$0) }
            try check(.chatter) { pool.pad(agent: 3, n: 9, bytes: 0, into: &$0) }
        }
    }

    @Test func `bodies depend on the arguments and the seed alone`() throws {
        let pool = try Self.pool()
        func body(_ pool: PayloadPool, _ agent: Int) -> [UInt8] {
            var body = Array("before".utf8)
            _ = pool.offer(agent: agent, peer: 1, generation: 0, version: 0, into: &body)
            return body
        }
        #expect(body(pool, 0) == body(pool, 0))
        #expect(body(pool, 0) != body(pool, 2))
        #expect(body(pool, 0) != body(try Self.pool(seed: 2), 0))
        #expect(body(pool, 0).starts(with: "before,\"sdp\":\"v=0\\r\\no=- ".utf8))
    }

    @Test func `a pad is as long as asked, and every one is different`() throws {
        let pool = try Self.pool()
        var pads: Set<String> = []
        for n in 0..<100 {
            var body: [UInt8] = []
            _ = pool.pad(agent: 1, n: n, bytes: 200, into: &body)
            let pad = try #require(try members(of: body)["pad"] as? String)
            #expect(pad.utf8.count == 200)
            pads.insert(pad)
        }
        #expect(pads.count == 100)
    }

    @Test(arguments: [
        (5400, 5100, 110), (5419, 5120, 90), (5421, 5121, 105), (600, 610, 104), (20_000, 5423, 3000),
    ])
    func `sizes are exact`(offer: Int, answer: Int, candidate: Int) throws {
        let pool = try Self.pool(
            "signaling: {candidates: 40, payload: {offer: \(offer), answer: \(answer), candidate: \(candidate)}}")
        #expect(try self.sdp(pool, .offerer).utf8.count == offer)
        #expect(try self.sdp(pool, .answerer).utf8.count == answer)
        #expect(DescriptionChecker(try self.sdp(pool, .offerer)).problems == [])
        for role in PayloadPool.Role.allCases {
            for index in 0..<40 {
                let text = try self.candidate(pool, role, index).text
                #expect(text.utf8.count == candidate, "\(text)")
                #expect(CandidateChecker(text).problems == [], "\(text)")
            }
        }
    }

    @Test(arguments: [IceMode.trickle, .vanilla])
    func `every size from the smallest on is reached`(ice: IceMode) throws {
        var profile = Profile()
        profile.signaling.ice = ice
        for candidate in [90, 103, 110] {
            profile.signaling.payload = .sized(.init(offer: 1, answer: 1, candidate: candidate))
            let smallest = PayloadPool.smallestDescription(.offerer, profile.signaling)
            for size in [smallest, smallest + 1, smallest + 17, 5300, 5418, 5419, 5420, 5430, 9000] {
                profile.signaling.payload = .sized(.init(offer: size, answer: size, candidate: candidate))
                let sdp = try self.sdp(PayloadPool(profile: profile, seed: 1), .offerer)
                #expect(sdp.utf8.count == size)
                #expect(DescriptionChecker(sdp).problems == [])
            }
        }
    }
}
