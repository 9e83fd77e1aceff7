import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

struct XMPPDialectTests {
    static let now = Instant(nanoseconds: 1_000_000_000)
    static let me = "00000000000000aa"
    static let foreign = #"{"type":"offer","from":"b","sendto":"c"}"#
    static let features = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"

    static func dialect(
        _ options: [String: String] = [:], scheme: String = "xmpp"
    ) throws -> (XMPPDialect, Outbox) {
        let settings = BackendSettings(
            id: "xmpp", url: BackendURL(scheme: scheme, host: "h", port: 1), options: options,
            connectTimeout: 5_000_000_000)
        var ticket = Ticket.none
        ticket.seed = 0xAA
        let framing: CarrierFraming = scheme == "ws" ? .webSocketMessages : .bytes
        return (try XMPPDialect(settings, ticket: ticket), Outbox(seed: 1, framing: framing))
    }

    /// A session that is welcome, and then a member of the room `r.1` unless `joins` is false.
    static func session(
        _ options: [String: String] = [:], scheme: String = "xmpp", joins: Bool = true
    ) throws -> (XMPPDialect, Outbox) {
        var (dialect, out) = try self.dialect(options, scheme: scheme)
        dialect.opened(now: self.now, into: &out)
        let mechanism = options["user"] == nil ? "ANONYMOUS" : "PLAIN"
        for text in [
            "\(Self.features)<mechanism>\(mechanism)</mechanism></mechanisms></stream:features>",
            "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
            "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
        ] { #expect(try self.words(&dialect, &out, text) == ["control"]) }
        let bound = "<iq type='result' id='b'><bind><jid>x@h/y</jid></bind></iq>"
        if options["resume"] == "true" {
            #expect(try self.words(&dialect, &out, bound) == ["control"])
            let enabled = "<enabled xmlns='urn:xmpp:sm:3' id='s 1' resume='true' max='600'/>"
            #expect(try self.words(&dialect, &out, enabled) == ["welcomed \(self.me)"])
        } else {
            #expect(try self.words(&dialect, &out, bound) == ["welcomed \(self.me)"])
        }
        guard joins else { return (dialect, out) }
        #expect(dialect.encode(.join(room: "r.1"), now: self.now, into: &out) == .written)
        let presence = "<presence from='r_2e1@conference.h/b'/>" + self.presence(self.me)
        #expect(try self.words(&dialect, &out, presence) == ["control", "joined true"])
        _ = out.takeWire()
        return (dialect, out)
    }

    static func presence(_ nick: String, _ attributes: String = "") -> String {
        "<presence from=\"r_2e1@conference.h/\(nick)\" \(attributes)><x xmlns='http://jabber.org/protocol/muc#user'>"
            + "<item affiliation='none' role='participant'/><status code='110'/></x></presence>"
    }

    static func message(_ body: String, _ attributes: String = "type='groupchat' id='s1'") -> String {
        "<message xmlns='jabber:client' \(attributes) from='r_2e1@conference.h/b'><occupant-id id='x>y'/>"
            + "<body>\(body)</body><x/></message>"
    }

    static func words(_ dialect: inout XMPPDialect, _ out: inout Outbox, _ text: String) throws -> [String] {
        var bytes = ByteBuffer(string: text)
        let words = try self.words(&dialect, &out, &bytes)
        #expect(bytes.readableBytes == 0)
        return words
    }

    /// What is in the bytes, with the texts that ranges point at.
    static func words(
        _ dialect: inout XMPPDialect, _ out: inout Outbox, _ bytes: inout ByteBuffer
    ) throws -> [String] {
        var words: [String] = []
        while let event = try dialect.next(&bytes, now: Self.now, into: &out) {
            func text(_ range: Range<Int>, _ isInScratch: Bool) -> String {
                var all = isInScratch ? dialect.scratch : bytes
                all.moveReaderIndex(to: 0)
                return all.getString(at: range.lowerBound, length: range.count) ?? "?"
            }
            switch event {
            case .welcomed(let id): words.append("welcomed \(id)")
            case .joined(let confirmed): words.append("joined \(confirmed)")
            case .signal(let head, let body):
                words.append("signal \(text(head.from, head.bodyIsInScratch)) \(text(body, head.bodyIsInScratch))")
            case .overheard(let head): words.append("overheard \(text(head.from, head.bodyIsInScratch)) \(head.bytes)")
            case .peerJoined(let id): words.append("came \(id)")
            case .peerLeft(let id): words.append("went \(id)")
            case .refused(let refusal): words.append("refused \(refusal.subject) \(refusal.message)")
            case .closed(let why): words.append("closed \(why)")
            default: words.append("\(event)")
            }
        }
        return words
    }

    @Test func `a session by TCP goes stream, login, stream, bind, presence, message, goodbye`() throws {
        var (dialect, out) = try Self.dialect(["user": "u", "password": "p", "domain": "H", "directed": "private"])
        func said() -> String { String(decoding: out.takeBytes(), as: UTF8.self) }
        let start =
            "<?xml version='1.0'?><stream:stream to='h' xmlns='jabber:client' "
            + "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
        dialect.opened(now: Self.now, into: &out)
        #expect(said() == start)
        #expect(dialect.encode(.join(room: "r"), now: Self.now, into: &out) == .refused)
        let theirs = "<?xml version='1.0'?><stream:stream id='1' from='h' version='1.0'>"
        let offer = "\(Self.features)<mechanism>PLAIN</mechanism></mechanisms></stream:features>"
        #expect(try Self.words(&dialect, &out, theirs + offer) == ["control", "control"])
        #expect(said() == "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHUAcA==</auth>")
        #expect(try Self.words(&dialect, &out, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>") == ["control"])
        #expect(said() == start)
        #expect(try Self.words(&dialect, &out, theirs + "<stream:features/>") == ["control", "control"])
        #expect(said() == "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
        #expect(try Self.words(&dialect, &out, "<iq type='result' id='b'></iq>") == ["welcomed \(Self.me)"])
        #expect(dialect.encode(.join(room: "R.1"), now: Self.now, into: &out) == .written)
        #expect(
            said()
                == "<presence to='_52_2e1@conference.h/\(Self.me)'><x xmlns='http://jabber.org/protocol/muc'>"
                + "<history maxstanzas='0'/></x></presence>")
        #expect(
            try Self.words(&dialect, &out, "<presence from='_52_2e1@conference.h/\(Self.me)'/> ") == ["joined true"])
        let signal = ByteBuffer(string: #"{"a":"<&>"}"#)
        #expect(dialect.encode(.send(signal: signal, to: .room, id: 7), now: Self.now, into: &out) == .written)
        let content = #"<body>{"a":"&lt;&amp;&gt;"}</body>"#
        #expect(said() == "<message to='_52_2e1@conference.h' type='groupchat' id='s7'>\(content)</message>")
        let one = Command.send(signal: signal, to: .peer(PeerID("b'")), id: 8)
        #expect(dialect.encode(one, now: Self.now, into: &out) == .written)
        #expect(
            said()
                == "<message to='_52_2e1@conference.h/b&apos;' type='chat' id='s8'>\(content)"
                + "<x xmlns='http://jabber.org/protocol/muc#user'/></message>")
        #expect(dialect.encode(.leave, now: Self.now, into: &out) == .written)
        #expect(said() == "<presence type='unavailable' to='_52_2e1@conference.h/\(Self.me)'></presence>")
        #expect(dialect.encode(.close, now: Self.now, into: &out) == .written)
        #expect(said() == "</stream:stream>")
        #expect(try Self.words(&dialect, &out, "</stream:stream>") == ["control"])
        #expect(out.takeClose() == .requested)
        let resumes = dialect.closed(.peerClosed)
        #expect(!resumes && dialect.deadline == nil)
    }

    @Test func `by WebSocket each element is a message and names its namespace`() throws {
        var (dialect, out) = try Self.session(scheme: "ws")
        let send = Command.send(signal: ByteBuffer(string: "{}"), to: .peer(PeerID("b")), id: 7)
        #expect(dialect.encode(send, now: Self.now, into: &out) == .written)
        let frames = try decode([out.takeBytes()[...]], role: .server)
        #expect(frames.map(\.opcode) == [.text])
        #expect(
            frames.map { String(buffer: $0.payload) } == [
                "<message to='r_2e1@conference.h' type='groupchat' xmlns='jabber:client' id='s7'><body>{}</body></message>"
            ])
        var half = ByteBuffer(string: String(Self.message("{}").dropLast()))
        #expect(throws: DialectError(code: .malformed, message: "")) { try Self.words(&dialect, &out, &half) }
        #expect(
            try Self.words(&dialect, &out, "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>") == [
                "closed closed by the backend without a word"
            ])
    }

    @Test func `the same comes of elements in every shape of arrival`() throws {
        let (joined, _) = try Self.session()
        let mine = #"{"type":"call","from":"b"}"#
        let quoted = mine.replacing("\"", with: "&quot;").replacing("b&", with: "&#x62;&")
        let stream =
            Self.message(quoted) + " \n" + Self.message(Self.foreign, "id='1' type = \"chat\"")
            + Self.message("<![CDATA[\(mine)]]>") + Self.message("&nonsense;")
            + Self.message(mine).replacing("r_2e1", with: "r2") + Self.presence("c&apos;")
            + Self.presence("d", "type='unavailable'")
            + "<message type='groupchat' from='r_2e1@conference.h'><subject/></message>"
            + Self.message("", "type='error' id='s3'").replacing(
                "<x/>", with: "<error type='cancel'><item-not-found/><text>no &lt;one&gt;</text></error>")
        let expected = [
            "signal b \(mine)", "overheard b \(Self.foreign.utf8.count)", "signal b \(mine)", "control", "control",
            "came c'", "went d", "control", "refused send item-not-found: no <one>",
        ]
        try CodecVerifier.verify(Array(stream.utf8), expected: expected) { chunks in
            var (dialect, out, received) = (joined, Outbox(seed: 1, framing: .bytes), ReceiveBuffer())
            var words: [String] = []
            for chunk in chunks {
                var bytes = received.joined(with: ByteBuffer(bytes: chunk))
                words += try Self.words(&dialect, &out, &bytes)
                received.keep(bytes)
            }
            return words
        }
    }
}
