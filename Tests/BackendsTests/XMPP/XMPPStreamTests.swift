import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

extension XMPPDialectTests {
    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n\r\n", "<message><!-- c --></message>", "<!DOCTYPE x><x/>", "<?php ?>",
        "</message>",
        "<message></presence>", "<message <body/>", "< x/>", String(repeating: "<a>", count: 40),
        "<message>" + String(repeating: "a", count: XMPPStanza.maxBytes),
    ])
    func `what is no XML of XMPP ends the connection`(text: String) throws {
        var (dialect, out) = try Self.session()
        #expect(throws: DialectError(code: .malformed, message: "")) { try Self.words(&dialect, &out, text) }
    }

    @Test func `random bytes around good elements never trap, and hold no memory`() throws {
        let (joined, _) = try Self.session(["user": "u", "resume": "true"])
        let good = Array(
            (Self.message(Self.foreign.replacing("\"", with: "&quot;")) + Self.presence("c", "type='error'")
                + "<iq type='get' id='1' from='h'><ping/></iq><r/><a h='0'/><stream:error><x/></stream:error>").utf8)
        var random = SplitMix64(seed: 14)
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0...random.uniform(below: 4) {
                bytes[random.uniform(below: bytes.count)] = UInt8(random.uniform(below: 256))
            }
            var (dialect, out, received) = (joined, Outbox(seed: 1, framing: .bytes), ReceiveBuffer())
            for piece in CodecVerifier.pieces(of: bytes, greatest: 60, using: &random) {
                var bytes = received.joined(with: ByteBuffer(bytes: piece))
                guard (try? Self.words(&dialect, &out, &bytes)) != nil else { break }
                received.keep(bytes)
                #expect(received.count <= good.count && dialect.scratch.capacity <= 4_096)
            }
        }
        // What never ends is not kept for ever.
        var (dialect, out, received) = (joined, Outbox(seed: 1, framing: .bytes), ReceiveBuffer())
        #expect(throws: DialectError(code: .malformed, message: "")) {
            for round in 0..<200 {
                let piece = (round == 0 ? "<a" : "") + String(repeating: " ", count: 64 << 10)
                var bytes = received.joined(with: ByteBuffer(string: piece))
                _ = try Self.words(&dialect, &out, &bytes)
                received.keep(bytes)
                #expect(received.count <= XMPPStanza.maxBytes)
            }
        }
    }

    @Test func `a lost stream is gone on with, and what it may have lost is said again`() throws {
        let options = ["user": "u", "password": "p", "resume": "true"]
        var (dialect, out) = try Self.session(options)
        func said() -> String { String(decoding: out.takeBytes(), as: UTF8.self) }
        func send(_ id: UInt64) {
            let signal = ByteBuffer(string: "{}")
            #expect(dialect.encode(.send(signal: signal, to: .room, id: id), now: Self.now, into: &out) == .written)
        }
        send(1)
        send(2)
        #expect(dialect.announced.map(\.value) == ["600 s"])
        // The presence was the first stanza of the managed stream.
        #expect(try Self.words(&dialect, &out, "<a xmlns='urn:xmpp:sm:3' h='2'/>") == ["control"])
        #expect(try Self.words(&dialect, &out, Self.message(Self.foreign)).count == 1)
        _ = said()
        #expect(try Self.words(&dialect, &out, "<r xmlns='urn:xmpp:sm:3'/>") == ["control"])
        #expect(said() == "<a xmlns='urn:xmpp:sm:3' h='3'/>")
        let resumes = dialect.closed(.peerClosed)
        #expect(resumes)
        for isKnown in [true, false] {
            dialect.opened(now: Self.now, into: &out)
            let offer = "\(Self.features)<mechanism>PLAIN</mechanism></mechanisms></stream:features>"
            _ = try Self.words(&dialect, &out, offer + "<success/>")
            _ = said()
            _ = try Self.words(&dialect, &out, "<stream:features/>")
            #expect(said() == "<resume xmlns='urn:xmpp:sm:3' previd='s 1' h='3'/>")
            guard isKnown else { break }
            let resumed = "<resumed xmlns='urn:xmpp:sm:3' previd='s 1' h='2'/>"
            #expect(try Self.words(&dialect, &out, resumed) == ["welcomed \(Self.me)", "resumed"])
            #expect(said() == "<message to='r_2e1@conference.h' type='groupchat' id='s2'><body>{}</body></message>")
            #expect(dialect.encode(.join(room: "r.1"), now: Self.now, into: &out) == .written)
            #expect(try dialect.expired(now: Self.now, into: &out) == .joined(confirmed: true))
            #expect(said() == "")
            let resumesAgain = dialect.closed(.peerClosed)
            #expect(resumesAgain)
        }
        // The server has forgotten it: a new session begins.
        #expect(try Self.words(&dialect, &out, "<failed><item-not-found/></failed>") == ["control"])
        #expect(said().hasPrefix("<iq type='set' id='b'"))
        #expect(dialect.announced.isEmpty == false && dialect.room.isEmpty)
        // A goodbye leaves nothing to go on with.
        var (last, lastOut) = try Self.session(options)
        #expect(last.encode(.close, now: Self.now, into: &lastOut) == .written)
        let goesOn = last.closed(.requested)
        #expect(!goesOn)
        #expect(throws: BackendError.self) { try Self.dialect(["resume": "true"]) }
    }

    @Test func `a server that asks is answered, and one that is silent noticed`() throws {
        var (dialect, out) = try Self.session()
        func said() -> String { String(decoding: out.takeBytes(), as: UTF8.self) }
        #expect(try Self.words(&dialect, &out, "<iq type='get' id='a&lt;' from='h'><ping/></iq>") == ["control"])
        #expect(said() == "<iq type='result' id='a&lt;' to='h'></iq>")
        #expect(try Self.words(&dialect, &out, "<iq type=\"get\" id=\"it's\"><query/></iq>") == ["control"])
        #expect(said().hasPrefix("<iq type='error' id='it&apos;s'><error type='cancel'><service-unavailable"))
        let due = Self.now + 30_000_000_000
        #expect(dialect.deadline == due)
        #expect(try dialect.expired(now: due, into: &out) == nil)
        #expect(said() == "<iq type='get' id='p' to='h'><ping xmlns='urn:xmpp:ping'/></iq>")
        #expect(try Self.words(&dialect, &out, "<iq type='error' id='p'><ping/></iq>") == ["control"])
        #expect(try dialect.expired(now: due + 30_000_000_000, into: &out) == nil)
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try dialect.expired(now: due + 60_000_000_000, into: &out)
        }
        let (quiet, _) = try Self.session(["ping": "0"])
        #expect(quiet.deadline == nil)
    }

    @Test func `refusals say what helps`() throws {
        var (dialect, out) = try Self.session(joins: false)
        #expect(dialect.encode(.join(room: "r.1"), now: Self.now, into: &out) == .written)
        let conflict =
            "<presence type='error' from='r_2e1@conference.h/\(Self.me)'><x/><error><conflict/></error></presence>"
        #expect(try Self.words(&dialect, &out, conflict) == ["refused join conflict"])
        #expect(dialect.state == .welcomed)
        var (member, memberOut) = try Self.session()
        let kicked = Self.presence(Self.me, "type='unavailable'")
        #expect(try Self.words(&member, &memberOut, kicked) == ["refused other put out of the room"])
        // Whoever comes back at once hears of its leave while it joins.
        var (again, againOut) = try Self.session()
        #expect(again.encode(.leave, now: Self.now, into: &againOut) == .written)
        #expect(again.encode(.join(room: "r.1"), now: Self.now, into: &againOut) == .written)
        #expect(try Self.words(&again, &againOut, kicked + Self.presence(Self.me)) == ["control", "joined true"])
        let error = "<stream:error><policy-violation/><text>stanza too large</text></stream:error>"
        #expect(
            try Self.words(&member, &memberOut, error) == ["refused other policy-violation: stanza too large"])
        for (text, hint) in [
            ("\(Self.features)<mechanism>PLAIN</mechanism></mechanisms></stream:features>", "set backend.user"),
            ("<stream:features><starttls><required/></starttls></stream:features>", "use xmpps://"),
            ("<failure><not-authorized/><text>no</text></failure>", "not-authorized: no"),
        ] {
            var (fresh, freshOut) = try Self.dialect()
            fresh.opened(now: Self.now, into: &freshOut)
            let error = #expect(throws: DialectError(code: .forbidden, message: "")) {
                try Self.words(&fresh, &freshOut, text)
            }
            #expect(error?.message.contains(hint) == true, "\(String(describing: error))")
        }
        var (silent, silentOut) = try Self.dialect()
        silent.opened(now: Self.now, into: &silentOut)
        #expect(throws: DialectError(code: .timeout, message: "")) {
            try silent.expired(now: Self.now + 5_000_000_000, into: &silentOut)
        }
    }
}
