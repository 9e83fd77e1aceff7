import Signaling
import Testing

// The published client, event by event. The agent is `a`; its peers are numbers.
struct SeedNegotiatorTests {
    @Test func `a clean pair ends with the same offer and answer at both ends`() {
        var caller = Negotiator.seed()
        var called = Negotiator.seed()
        #expect(called.call(from: 0) == .respond)
        #expect(called.respondDue(to: 0) == .send)
        #expect(called[0].state == .none)
        #expect(caller.response(from: 1) == .createOffer)
        #expect(caller[1].state == .makingOffer)
        #expect(caller.offerDue(to: 1, .offer1) == true)
        #expect(caller[1].state == .haveLocalOffer)
        #expect(called.offer(from: 0, .offer1) == .createAnswer)
        #expect(called[0].state == .haveRemoteOffer)
        #expect(called.answerDue(to: 0, .answer1) == true)
        #expect(called[0].state == .stable)
        #expect(!caller[1].isNegotiated(with: called[0]))
        #expect(caller.answer(from: 1, .answer1) == .applied)
        #expect(caller[1].isNegotiated(with: called[0]))
        #expect(called[0].isNegotiated(with: caller[1]))
        #expect(caller.connectionCount == 1 && called.connectionCount == 1)
    }

    @Test func `glare deadlocks: both ends keep their own offer and nobody answers`() {
        var a = Negotiator.seed()
        var b = Negotiator.seed()
        #expect(a.call(from: 1) == .respond)
        #expect(b.call(from: 0) == .respond)
        #expect(a.response(from: 1) == .createOffer)
        #expect(b.response(from: 0) == .createOffer)
        #expect(a.offerDue(to: 1, .offer1) == true)
        #expect(b.offerDue(to: 0, .offer2) == true)
        #expect(a.offer(from: 1, .offer2) == .invalidState(.haveLocalOffer))
        #expect(b.offer(from: 0, .offer1) == .invalidState(.haveLocalOffer))
        #expect(a.candidate(from: 1, of: .offer2) == .lost)
        #expect(a.timedOut(1) == false)
        #expect(a[1].state == .haveLocalOffer && b[0].state == .haveLocalOffer)
        #expect(a[1].wasGlared && b[0].wasGlared)
        #expect(!a[1].isNegotiated(with: b[0]))
    }

    @Test func `an offer that meets one in the making deadlocks as well`() {
        var a = Negotiator.seed()
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.offer(from: 1, .offer2) == .invalidState(.makingOffer))
        #expect(a.offerDue(to: 1, .offer1) == true)
        #expect(a[1].state == .haveLocalOffer)
    }

    @Test func `a call from a connected peer is ignored, in any state of the connection`() {
        var a = Negotiator.seed()
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.call(from: 1) == .ignore(.connected))
        #expect(a.call(from: 1, restarted: true) == .ignore(.connected))
        #expect(a.offerDue(to: 1, .offer1) == true)
        #expect(a.call(from: 1) == .ignore(.connected))
        #expect(a.answer(from: 1, .answer1) == .applied)
        #expect(a.call(from: 1) == .ignore(.connected))
        #expect(a[1].state == .stable)
    }

    @Test func `a call twice before there is a connection is answered twice, and the offers miss each other`() {
        var caller = Negotiator.seed()
        var called = Negotiator.seed()
        #expect(called.call(from: 0) == .respond)
        #expect(called.call(from: 0) == .respond)
        #expect(caller.response(from: 1) == .createOffer)
        #expect(caller.response(from: 1) == .createOffer)
        #expect(caller.offerDue(to: 1, .offer1) == true)
        #expect(caller.offerDue(to: 1, .offer2) == true)
        #expect(caller.connectionCount == 1)
        #expect(called.offer(from: 0, .offer1) == .createAnswer)
        #expect(called.offer(from: 0, .offer2) == .invalidState(.haveRemoteOffer))
        #expect(called.answerDue(to: 0, .answer1) == true)
        #expect(caller.answer(from: 1, .answer1) == .applied)
        // Both are stable, which is why that is not the predicate.
        #expect(caller[1].state == .stable && called[0].state == .stable)
        #expect(!caller[1].isNegotiated(with: called[0]))
    }

    @Test func `a response after stable leaves the caller with an offer that nobody answers`() {
        var caller = Negotiator.seed()
        var called = Negotiator.seed()
        #expect(caller.response(from: 1) == .createOffer)
        #expect(caller.offerDue(to: 1, .offer1) == true)
        #expect(called.offer(from: 0, .offer1) == .createAnswer)
        #expect(called.answerDue(to: 0, .answer1) == true)
        #expect(caller.answer(from: 1, .answer1) == .applied)
        #expect(caller.response(from: 1) == .createOffer)
        #expect(caller[1].state == .stable)
        #expect(caller.offerDue(to: 1, .offer2) == true)
        #expect(caller[1].state == .haveLocalOffer)
        #expect(called.offer(from: 0, .offer2) == .invalidState(.stable))
        #expect(called[0].state == .stable)
        // It still takes candidates: there is a remote description.
        #expect(caller.candidate(from: 1, of: .answer1) == .applied)
    }

    @Test func `an offer cannot be set while an answer is being made`() {
        var a = Negotiator.seed()
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.offerDue(to: 1, .offer2) == false)
        #expect(a[1].state == .haveRemoteOffer)
        #expect(a.answerDue(to: 1, .answer1) == true)
    }

    @Test func `an answer twice is refused and changes nothing`() {
        var a = Negotiator.seed()
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.answer(from: 1, .answer1) == .invalidState(.makingOffer))
        #expect(a.offerDue(to: 1, .offer1) == true)
        #expect(a.answer(from: 1, .answer1) == .applied)
        #expect(a.answer(from: 1, .answer2) == .invalidState(.stable))
        #expect(a[1].answer == .answer1)
    }

    @Test func `an answer needs some connection to be looked at and its own to be applied`() {
        var a = Negotiator.seed()
        #expect(a.answer(from: 1, .answer1) == .notStarted)
        #expect(a.response(from: 2) == .createOffer)
        #expect(a.answer(from: 1, .answer1) == .noConnection)
    }

    @Test func `candidates that overtake their offer are lost, later ones are applied`() {
        var a = Negotiator.seed()
        #expect(a.candidate(from: 1, of: .offer1) == .lost)
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a.candidate(from: 1, of: .offer1) == .applied)
        #expect(a.candidate(from: 1, of: .offer1, last: true) == .applied)
        #expect(a[1].candidatesLost == 1)
        #expect(a[1].candidatesApplied == 2)
        #expect(a[1].lastCandidateReceived)
    }

    @Test func `a candidate for another description is taken, as browsers do, and does not count`() {
        var a = Negotiator.seed()
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a.candidate(from: 1, of: .offer2, last: true) == .applied)
        #expect(a[1].candidatesApplied == 0)
        #expect(!a[1].lastCandidateReceived)
    }

    @Test func `the maximum silences the called side and never the caller`() {
        var a = Negotiator.seed(maxConnections: 2)
        #expect(a.offer(from: 1, .offer1) == .createAnswer)
        #expect(a.call(from: 2) == .respond)
        #expect(a.offer(from: 2, .offer2) == .createAnswer)
        #expect(a.call(from: 3) == .ignore(.full))
        #expect(a.respondDue(to: 3) == .send)
        #expect(a.response(from: 3) == .createOffer)
        #expect(a.offer(from: 4, .offer3) == .createAnswer)
        #expect(a.connectionCount == 4)
        #expect(a.bye(from: 1) == true)
        #expect(a.bye(from: 2) == true)
        #expect(a.bye(from: 3) == true)
        #expect(a.call(from: 5) == .respond)
    }

    @Test func `a bye closes the connection, frees its slot and voids its timers`() {
        var a = Negotiator.seed(maxConnections: 1)
        #expect(a.response(from: 1) == .createOffer)
        let generation = a[1].generation
        #expect(a.call(from: 2) == .ignore(.full))
        #expect(a.bye(from: 1) == true)
        #expect(a.bye(from: 1) == false)
        #expect(a[1].state == .closed)
        #expect(a.connectionCount == 0)
        #expect(a.offerDue(to: 1, generation: generation, id: .offer1) == false)
        #expect(a.call(from: 2) == .respond)
        #expect(a.call(from: 1) == .respond)
    }

    @Test func `a member that vanishes stays a ghost and keeps its slot`() {
        var a = Negotiator.seed(maxConnections: 1)
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.departed(1) == false)
        #expect(a.timedOut(1) == false)
        #expect(a.connectionCount == 1)
        #expect(a.call(from: 2) == .ignore(.full))
    }

    @Test func `hanging up closes everything`() {
        var a = Negotiator.seed()
        #expect(a.response(from: 1) == .createOffer)
        #expect(a.offer(from: 2, .offer1) == .createAnswer)
        let generation = a[2].generation
        a.closeAll()
        #expect(a.connectionCount == 0)
        #expect(a[1].state == .closed && a[2].state == .closed)
        #expect(a.answerDue(to: 2, generation: generation, id: .answer1) == false)
    }
}
