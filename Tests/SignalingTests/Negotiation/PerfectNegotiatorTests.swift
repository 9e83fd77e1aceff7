import Signaling
import Testing

// The repaired client, event by event.
struct PerfectNegotiatorTests {
    @Test func `a clean pair ends with the same offer and answer at both ends`() {
        var caller = Negotiator.perfect()
        var called = Negotiator.perfect()
        #expect(called.call(from: 0) == .respond)
        #expect(called.respondDue(to: 0) == .send)
        #expect(caller.response(from: 1) == .createOffer)
        #expect(caller.offerDue(to: 1, .offer1) == true)
        #expect(called.offer(from: 0, .offer1, polite: true) == .createAnswer)
        #expect(called.answerDue(to: 0, .answer1) == true)
        #expect(caller.answer(from: 1, .answer1) == .applied)
        #expect(caller[1].isNegotiated(with: called[0]))
        #expect(!caller[1].wasGlared && !called[0].wasGlared)
    }

    @Test func `glare resolves: the impolite side ignores, the polite side rolls back and answers`() {
        var polite = Negotiator.perfect()
        var impolite = Negotiator.perfect()
        #expect(polite.response(from: 1) == .createOffer)
        #expect(impolite.response(from: 0) == .createOffer)
        #expect(polite.offerDue(to: 1, .offer1) == true)
        #expect(impolite.offerDue(to: 0, .offer2) == true)
        let generation = polite[1].generation
        #expect(impolite.offer(from: 0, .offer1, polite: false) == .ignoreGlare)
        #expect(impolite.candidate(from: 0, of: .offer1) == .stale)
        #expect(impolite[0].state == .haveLocalOffer)
        #expect(polite.offer(from: 1, .offer2, polite: true) == .rollbackAndAnswer)
        #expect(polite[1].generation != generation)
        #expect(polite[1].state == .haveRemoteOffer)
        #expect(polite.candidate(from: 1, of: .offer2) == .applied)
        #expect(polite.answerDue(to: 1, .answer1) == true)
        #expect(impolite.answer(from: 0, .answer1) == .applied)
        #expect(impolite.candidate(from: 0, of: .answer1, last: true) == .applied)
        #expect(impolite[0].candidatesApplied == 1 && impolite[0].lastCandidateReceived)
        #expect(polite[1].isNegotiated(with: impolite[0]))
        #expect(polite[1].offer == .offer2 && polite[1].answer == .answer1)
        #expect(polite[1].wasGlared && impolite[0].wasGlared)
        #expect(polite.connectionCount == 1 && impolite.connectionCount == 1)
    }

    @Test func `an offer in the making is rolled back before it is sent`() {
        var polite = Negotiator.perfect()
        #expect(polite.response(from: 1) == .createOffer)
        let generation = polite[1].generation
        #expect(polite.offer(from: 1, .offer2, polite: true) == .rollbackAndAnswer)
        #expect(polite.offerDue(to: 1, generation: generation, id: .offer1) == false)
        #expect(polite.answerDue(to: 1, .answer1) == true)
        #expect(polite[1].offer == .offer2)
    }

    @Test func `an impolite offer in the making goes out although another came first`() {
        var impolite = Negotiator.perfect()
        #expect(impolite.response(from: 0) == .createOffer)
        #expect(impolite.offer(from: 0, .offer1, polite: false) == .ignoreGlare)
        #expect(impolite.offerDue(to: 0, .offer2) == true)
        #expect(impolite.answer(from: 0, .answer1) == .applied)
    }

    @Test func `a call from a connected peer is ignored`() {
        var a = Negotiator.perfect()
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.call(from: 1) == .ignore(.connected))
    }

    @Test func `a call from a restarted peer replaces the old connection`() {
        var a = Negotiator.perfect()
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a.answerDue(to: 1, .answer1) == true)
        let generation = a[1].generation
        #expect(a.call(from: 1, restarted: true) == .respond)
        #expect(a[1].state == .closed && a[1].wasReset)
        #expect(a[1].generation != generation)
        #expect(a.connectionCount == 0)
        #expect(a.respondDue(to: 1) == .send)
        #expect(a.offer(from: 1, .offer2) == .createAnswer)
        #expect(a.answerDue(to: 1, .answer2) == true)
        #expect(a[1].offer == .offer2 && a[1].answer == .answer2)
        #expect(a[1].wasReset)
    }

    @Test func `an offer from a restarted peer is no glare, polite or not`() {
        var a = Negotiator.perfect()
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.offerDue(to: 1, .offer1) == true)
        #expect(a.offer(from: 1, id: .offer2, polite: false, restarted: true) == .createAnswer)
        #expect(a[1].state == .haveRemoteOffer)
        #expect(!a[1].wasGlared)
        #expect(a.connectionCount == 1)
    }

    @Test func `whether to respond is decided when the response is due`() {
        var a = Negotiator.perfect(maxConnections: 1)
        #expect(a.call(from: 1) == .respond)
        #expect(a.call(from: 2) == .respond)
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a.respondDue(to: 1) == .skip(.connected))
        #expect(a.respondDue(to: 2) == .skip(.full))
        #expect(a.bye(from: 1) == true)
        #expect(a.respondDue(to: 2) == .send)
    }

    @Test func `the maximum does not stop a caller`() {
        var a = Negotiator.perfect(maxConnections: 1)
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.response(from: 2) == .createOffer)
        #expect(a.connectionCount == 2)
        #expect(a.call(from: 3) == .respond)
        #expect(a.respondDue(to: 3) == .skip(.full))
    }

    @Test func `a response from a peer with a connection is ignored`() {
        var a = Negotiator.perfect()
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.response(from: 1) == .ignore(.connected))
        #expect(a.offerDue(to: 1, .offer1) == true)
        #expect(a.response(from: 1) == .ignore(.connected))
        #expect(a.offerDue(to: 1, .offer2) == false)
        #expect(a[1].offer == .offer1)
    }

    @Test func `an answer out of place is refused and changes nothing`() {
        var a = Negotiator.perfect()
        #expect(a.answer(from: 1, .answer1) == .noConnection)
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.answer(from: 1, .answer1) == .invalidState(.makingOffer))
        #expect(a.offerDue(to: 1, .offer1) == true)
        #expect(a.answer(from: 1, .answer1) == .applied)
        #expect(a.answer(from: 1, .answer2) == .invalidState(.stable))
        #expect(a[1].answer == .answer1)
        #expect(a.offer(from: 2, .offer2) == .createAnswer)
        #expect(a.answer(from: 2, .answer2) == .invalidState(.haveRemoteOffer))
    }

    @Test func `candidates that overtake their offer wait for it`() {
        var a = Negotiator.perfect()
        #expect(a.candidate(from: 1, of: .offer1) == .queued)
        #expect(a.candidate(from: 1, of: .offer1, last: true) == .queued)
        #expect(a[1].candidatesApplied == 0)
        #expect(a.connectionCount == 0)
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a[1].candidatesApplied == 2 && a[1].lastCandidateReceived)
        #expect(a[1].candidatesLost == 0)
    }

    @Test func `candidates that overtake their answer wait for it`() {
        var a = Negotiator.perfect()
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.offerDue(to: 1, .offer1) == true)
        #expect(a.candidate(from: 1, of: .answer1) == .queued)
        #expect(a.answer(from: 1, .answer1) == .applied)
        #expect(a[1].candidatesApplied == 1 && !a[1].lastCandidateReceived)
    }

    @Test func `candidates that overtake an offer which is then ignored never count`() {
        var impolite = Negotiator.perfect()
        #expect(impolite.response(from: 0) == .createOffer)
        #expect(impolite.offerDue(to: 0, .offer2) == true)
        #expect(impolite.candidate(from: 0, of: .offer1, last: true) == .queued)
        #expect(impolite.offer(from: 0, .offer1, polite: false) == .ignoreGlare)
        #expect(impolite.answer(from: 0, .answer1) == .applied)
        #expect(impolite[0].candidatesApplied == 0 && !impolite[0].lastCandidateReceived)
    }

    @Test func `only the candidates of the description that comes are applied`() {
        var a = Negotiator.perfect()
        #expect(a.candidate(from: 1, of: .offer1) == .queued)
        #expect(a.candidate(from: 1, of: .offer2) == .queued)
        #expect(a.offer(from: 1, .offer2) == .createAnswer)
        #expect(a[1].candidatesApplied == 1)
    }

    @Test func `a newer offer of the same peer moves both to new ids`() {
        var a = Negotiator.perfect()
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a.candidate(from: 1, of: .offer1) == .applied)
        #expect(a.answerDue(to: 1, .answer1) == true)
        #expect(a.offer(from: 1, .offer1) == .invalidState(.stable))
        #expect(a.offer(from: 1, .offer2) == .createAnswer)
        #expect(a[1].candidatesApplied == 0)
        #expect(a.candidate(from: 1, of: .offer1) == .stale)
        #expect(a.answerDue(to: 1, .answer2) == true)
        #expect(a[1].offer == .offer2 && a[1].answer == .answer2)
        #expect(a.connectionCount == 1)
    }

    @Test func `a newer offer voids the answer that was being made`() {
        var a = Negotiator.perfect()
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        let generation = a[1].generation
        #expect(a.offer(from: 1, .offer2) == .createAnswer)
        #expect(a.answerDue(to: 1, generation: generation, id: .answer1) == false)
        #expect(a.answerDue(to: 1, .answer2) == true)
    }

    @Test func `an attempt that takes too long is dropped and its slot freed`() {
        var a = Negotiator.perfect(maxConnections: 1)
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.offerDue(to: 1, .offer1) == true)
        #expect(a.respondDue(to: 2) == .skip(.full))
        #expect(a.timedOut(1) == true)
        #expect(a[1].state == .closed && a[1].wasReset)
        #expect(a.respondDue(to: 2) == .send)
        #expect(a.answer(from: 1, .answer1) == .noConnection)
        #expect(a.call(from: 1) == .respond)
    }

    @Test func `a negotiated connection does not time out`() {
        var a = Negotiator.perfect()
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        let generation = a[1].generation
        #expect(a.answerDue(to: 1, .answer1) == true)
        #expect(a.timedOut(1, generation: generation) == false)
        #expect(a[1].state == .stable)
    }

    @Test func `timers of an earlier generation are void`() {
        var a = Negotiator.perfect()
        #expect(a.response(from: 1) == .createOffer)
        let generation = a[1].generation
        #expect(a.bye(from: 1) == true)
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.timedOut(1, generation: generation) == false)
        #expect(a.offerDue(to: 1, generation: generation, id: .offer1) == false)
        #expect(a[1].state == .makingOffer)
        #expect(a.offerDue(to: 1, .offer2) == true)
    }

    @Test func `a departure closes the connection and forgets what waited`() {
        var a = Negotiator.perfect()
        #expect(a.departed(1) == false)
        #expect(a.candidate(from: 1, of: .offer1) == .queued)
        #expect(a.departed(1) == false)
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a[1].candidatesApplied == 0)
        #expect(a.departed(1) == true)
        #expect(a.connectionCount == 0)
        #expect(a[1].wasReset)
    }

    @Test func `a bye closes without counting as a reset`() {
        var a = Negotiator.perfect()
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a.bye(from: 1) == true)
        #expect(a.bye(from: 1) == false)
        #expect(a[1].state == .closed && !a[1].wasReset)
    }

    @Test func `peers never heard of read as absent and cost nothing`() {
        var a = Negotiator.perfect()
        #expect(a[1_000_000].state == .none)
        #expect(a[1_000_000].generation == 0)
        a.reserve(peers: 8)
        #expect(a.connectionCount == 0)
        #expect(a[7].state == .none)
    }
}
