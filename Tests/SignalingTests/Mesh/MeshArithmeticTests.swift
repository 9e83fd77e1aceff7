import Signaling
import Testing

struct MeshArithmeticTests {
    @Test func `the design's example comes out`() {
        let mesh = MeshArithmetic(
            members: 4, offererCandidates: 6, answererCandidates: 6, echo: .own, joining: .present(callers: 4))
        #expect(mesh.messages == 94)
        #expect(mesh.deliveries == 376)
        #expect(mesh.useful == 102)
        #expect(mesh.totals.amplification.map { ($0 * 100).rounded() / 100 } == 3.69)
    }

    @Test func `the shipped broadcast profile comes out`() {
        var mesh = MeshArithmetic(
            members: 100, offererCandidates: 2, answererCandidates: 2, joining: .present(callers: 5))
        #expect(mesh.messages == 3_400)
        #expect(mesh.deliveries == 336_600)
        mesh.delivery = .routed
        #expect(mesh.deliveries == 3_890)
    }

    @Test(arguments: [
        (4, 118, 472, 390), (10, 865, 8_650, 6_325), (16, 2_296, 36_736, 25_976), (32, 9_456, 302_592, 207_856),
    ])
    func `the design's table comes out`(members: Int, messages: Int, present: Int, oneByOne: Int) {
        var mesh = MeshArithmetic(
            members: members, offererCandidates: 8, answererCandidates: 8, echo: .own,
            joining: .present(callers: members))
        #expect(mesh.messages == messages)
        #expect(mesh.deliveries == present)
        mesh.joining = .oneByOne
        #expect(mesh.messages == messages)
        #expect(mesh.deliveries == oneByOne)
    }

    @Test(arguments: [2, 3, 5, 8, 40]) func `without echo the amplification is the exact closed form`(members: Int) {
        let n = Double(members)
        let d = 14.0
        var mesh = MeshArithmetic(
            members: members, offererCandidates: 8, answererCandidates: 3, joining: .present(callers: members))
        #expect(abs((mesh.totals.amplification ?? 0) - (2 + (n - 1) * d) / (2 + d)) < 1e-12)
        mesh.joining = .oneByOne
        #expect(abs((mesh.totals.amplification ?? 0) - (3 + (2 * n - 1) * d) / (3 * (1 + d))) < 1e-12)
    }

    @Test func `an inbox layout whose room topic echoes delivers each room-wide message once more`() {
        var mesh = MeshArithmetic(
            members: 5, offererCandidates: 1, answererCandidates: 2, delivery: .inboxEcho,
            joining: .present(callers: 5), byes: true)
        #expect(mesh.deliveries == mesh.useful + 10)
        mesh.byes = false
        #expect(mesh.deliveries == mesh.useful + 5)
    }

    @Test func `rooms are added before they are divided`() {
        let small = MeshArithmetic(
            members: 2, offererCandidates: 0, answererCandidates: 0, joining: .present(callers: 2))
        let large = MeshArithmetic(
            members: 9, offererCandidates: 8, answererCandidates: 3, joining: .present(callers: 9))
        let together = Double(small.deliveries + large.deliveries) / Double(small.useful + large.useful)
        #expect(MeshArithmetic.amplification([small, large]) == together)
        #expect(MeshArithmetic.amplification([MeshArithmetic]()) == nil)
    }

    @Test func `a room of one sends a call that nobody hears`() {
        let mesh = MeshArithmetic(members: 1, offererCandidates: 8, answererCandidates: 3, joining: .oneByOne)
        #expect(mesh.totals == MeshTotals(messages: 1, deliveries: 0, useful: 0))
        #expect(mesh.totals.amplification == nil)
    }

    @Test func `only the rows of perfect glare are a bound`() {
        var mesh = MeshArithmetic(members: 4, offererCandidates: 1, answererCandidates: 1, joining: .glare(.perfect))
        #expect(mesh.isUpperBound)
        #expect(mesh.completedPairs == 6)
        mesh.joining = .glare(.seed)
        #expect(!mesh.isUpperBound)
        #expect(mesh.completedPairs == 0)
        #expect(mesh.messages == 4 + 6 * 6)
    }
}
