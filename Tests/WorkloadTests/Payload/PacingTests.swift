import Testing

@testable import Workload

@Suite struct PacingTests {
    private func pool(_ text: String = "", seed: UInt64 = 1) throws -> PayloadPool {
        PayloadPool(profile: try ProfileReader.read(text: text, file: "p.yaml"), seed: seed)
    }

    @Test func `the recorded times are those of the three pairs of A`() {
        let pacing = RecordedPacing.chromium
        #expect(pacing.responses == [1_200_000, 7_300_000, 31_400_000])
        #expect(pacing.offers == [49_100_000, 71_300_000, 76_100_000])
        #expect(pacing.answers == [137_600_000, 149_700_000, 162_200_000])
        #expect(pacing.offererCandidates.map { $0[0] } == [7_500_000, 8_000_000, 8_100_000])
        #expect(pacing.offererCandidates.map { $0[7] } == [132_700_000, 134_700_000, 134_100_000])
        #expect(
            pacing.answererCandidates.map { Array($0.prefix(4)) } == [
                [67_300_000, 68_400_000, 96_100_000, 96_300_000],
                [61_200_000, 65_200_000, 92_900_000, 93_100_000],
                [73_300_000, 73_800_000, 101_500_000, 101_700_000],
            ])
        #expect(pacing.offererCandidates[0][8] == 133_000_000)
    }

    @Test func `a draw lies between the recorded values`() {
        let values: [Int64] = [10, 20, 100]
        #expect(RecordedPacing.draw(values, 0) == 10)
        #expect(RecordedPacing.draw(values, .max) == 99)
        #expect(RecordedPacing.draw(values, .max / 4) == 14)
        #expect(RecordedPacing.draw(values, .max / 2 + 1) == 20)
        #expect(RecordedPacing.draw([7], .max) == 7)
    }

    @Test func `delays are drawn from the recording`() throws {
        let pool = try self.pool()
        var responses: Set<Int64> = []
        for peer in 1..<500 {
            let response = pool.responseDelay(agent: 0, peer: peer)
            #expect((1_200_000...31_400_000).contains(response))
            #expect((49_100_000...76_100_000).contains(pool.offerDelay(agent: 0, peer: peer)))
            #expect((137_600_000...162_200_000).contains(pool.answerDelay(agent: 0, peer: peer)))
            responses.insert(response)
            #expect(response == pool.responseDelay(agent: 0, peer: peer))
        }
        #expect(responses.count > 450)
        #expect(try self.pool(seed: 2).responseDelay(agent: 0, peer: 1) != pool.responseDelay(agent: 0, peer: 1))
        #expect(pool.responseDelay(agent: 1, peer: 0) != pool.responseDelay(agent: 0, peer: 1))
    }

    @Test(arguments: PayloadPool.Role.allCases)
    func `candidates come in order`(role: PayloadPool.Role) throws {
        let pool = try self.pool("signaling: {candidates: 60}")
        for peer in 1..<50 {
            let delays = (0..<60).map { pool.candidateDelay(agent: 0, peer: peer, role: role, index: $0) }
            #expect(delays == delays.sorted())
            #expect(delays[0] > 0)
        }
    }

    @Test func `without pacing nobody thinks`() throws {
        let pool = try self.pool("signaling: {pacing: none, ice: vanilla}")
        #expect(pool.responseDelay(agent: 0, peer: 1) == 0)
        #expect(pool.offerDelay(agent: 0, peer: 1) == 0)
        #expect(pool.answerDelay(agent: 0, peer: 1) == 0)
        #expect(pool.candidateDelay(agent: 0, peer: 1, role: .offerer, index: 0) == 0)
    }

    @Test func `vanilla waits for its candidates`() throws {
        let vanilla = try self.pool("signaling: {ice: vanilla}")
        let trickle = try self.pool()
        let offer = trickle.offerDelay(agent: 0, peer: 1)
        let gathered = trickle.candidateDelay(agent: 0, peer: 1, role: .offerer, index: 7)
        #expect(vanilla.offerDelay(agent: 0, peer: 1) == offer + gathered)
        let answer = trickle.answerDelay(agent: 1, peer: 0)
        let late = trickle.candidateDelay(agent: 1, peer: 0, role: .answerer, index: 2)
        #expect(vanilla.answerDelay(agent: 1, peer: 0) == answer + late)
    }

    @Test(arguments: [("", 371_200_000), ("signaling: {pacing: none}", 0), ("signaling: {candidates: 0}", 269_700_000)])
    func `a mesh settles within the longest of all draws`(text: String, nanoseconds: Int) throws {
        let signaling = try ProfileReader.read(text: text, file: "p.yaml").signaling
        #expect(RecordedPacing.settling(signaling) == Int64(nanoseconds))
    }
}
