import NIOCore
import Signaling
import Simulation
import Testing

@testable import Backends

/// The HTTP carrier against a server that does as it is told, in virtual time.
struct HTTPCarrierTests {
    /// Keeps what the carrier tells, as text.
    final class Owner: TransportOwner {
        private(set) var told: [String] = []
        private(set) var isOpen = false
        private(set) var end: CloseReason?
        private(set) var failure: DialError?
        /// What to do with a message, beside keeping it.
        var react: (String) -> Void = { _ in }

        func opened(_ transport: any Transport, early: [ByteBuffer]) { self.isOpen = true }

        func received(message: ByteBuffer) {
            var rest = message
            let text: String
            do {
                switch try HTTPIncoming(&rest) {
                case .listening: text = "listening"
                case .event(let type, let id): text = "event \(type) \(id): \(String(buffer: rest))"
                case .answer(let tag, let status, let refusal):
                    text = "answer \(tag) \(status) '\(refusal)': \(String(buffer: rest))"
                }
            } catch { text = "\(error)" }
            self.told.append(text)
            self.react(text)
        }

        func endOfRead() {}
        func ended(_ reason: CloseReason) { self.end = reason }
        func failed(_ error: DialError) { self.failure = error }
    }

    /// One carrier and its server.
    struct Rig {
        let simulation: Simulation
        let server: ScriptedHTTP
        let owner = Owner()
        let transport: HTTPTransport

        init(
            _ plan: HTTPPlan = HTTPPlan(), seed: UInt64 = 1, links: LinkOptions = LinkOptions(),
            options: [String: String] = [:], answer: @escaping (ScriptedHTTP.Request, any Channel) -> String
        ) throws {
            self.simulation = Simulation(seed: seed, links: links)
            self.server = ScriptedHTTP(self.simulation.loop)
            for host in ["server", "other"] { self.simulation.network.listen(at: host, self.server) }
            self.server.answer = answer
            let settings = BackendSettings(
                id: "socketio", url: try BackendURL.parse("http://me:secret@server/"), options: options)
            self.transport = HTTPTransport(
                self.owner, try Endpoint(settings, network: self.simulation.network), plan, on: self.simulation.loop)
        }

        func open() {
            self.transport.open(cookie: "a=b")
            self.simulation.run(for: .seconds(1))
        }

        func tell(_ write: (inout Outbox) -> Void) {
            var outbox = Outbox(seed: 1, framing: .messages)
            write(&outbox)
            self.transport.write(&outbox)
            self.transport.flush()
        }

        /// Opens, and listens.
        func listen(_ how: HTTPListening = .events, for time: TimeAmount = .seconds(10)) {
            self.open()
            self.tell { $0.listen(how, path: "/news") }
            self.simulation.run(for: time)
        }
    }

    private static let streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"

    /// The body in chunks of that size (RFC 9112 §7.1).
    private static func chunked(_ body: String, by size: Int = 7) -> String {
        let bytes = Array(body.utf8)
        let chunks = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
        // A chunk may cut a character in two, so the text cannot be put together as text.
        precondition(bytes.allSatisfy { $0 < 0x80 })
        return chunks.map { "\(String($0.count, radix: 16))\r\n\(String(decoding: $0, as: UTF8.self))\r\n" }.joined()
            + "0\r\n\r\n"
    }

    // MARK: Requests

    @Test func `requests go out one at a time, in order, over one connection that is kept alive`() throws {
        var waiting: [any Channel] = []
        var links = LinkOptions(delay: .exponential(.milliseconds(10)))
        links.chunking = .split(3)
        let rig = try Rig(seed: 5, links: links) { _, channel in
            waiting.append(channel)
            return ""
        }
        rig.open()
        #expect(rig.owner.isOpen && rig.server.requests.isEmpty)
        rig.tell { out in
            for n in 0..<20 {
                let body = ByteBuffer(string: String(repeating: "x", count: n * 100))
                out.request("POST", path: "/say?n=\(n)", fields: [("X-N", "\(n)")], body: body, tag: UInt32(n))
            }
        }
        #expect(rig.transport.pendingBytes > 100 * 19 * 10)
        for n in 0..<20 {
            rig.simulation.run(for: .seconds(2))
            #expect(rig.server.requests.count == n + 1, "the next one waits for the answer")
            let answer = n % 2 == 0 ? ScriptedHTTP.ok("\(n)", "Set-Cookie: c=\(n)\r\n") : Self.reply(chunked: "\(n)")
            waiting.removeFirst().writeAndFlush(ByteBuffer(string: answer), promise: nil)
        }
        rig.simulation.run(for: .seconds(2))
        #expect(rig.owner.told == (0..<20).map { "answer \($0) 200 '': \($0)" })
        #expect(rig.transport.pendingBytes == 0)
        for (n, request) in rig.server.requests.enumerated() {
            #expect(request.line == "POST /say?n=\(n) HTTP/1.1" && request.connection == 0)
            #expect(request.body.utf8.count == n * 100 && request.head.contains("X-N: \(n)"))
            let last = (n - 1) / 2 * 2
            #expect(request.head.contains(n == 0 ? "Cookie: a=b" : "Cookie: a=b; c=\(last)"))
            #expect(request.head.contains("Authorization: Basic bWU6c2VjcmV0"))
        }
        rig.transport.close()
        rig.simulation.run(for: .seconds(1))
        #expect(rig.simulation.finish() == Simulation.Leaks())
    }

    private static func reply(chunked body: String) -> String {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(Self.chunked(body))"
    }

    @Test func `a refused request is told with its status, Retry-After and 200 characters, and the next one goes on`()
        throws
    {
        let body = String(repeating: "no ", count: 1_000)
        let rig = try Rig { request, _ in
            request.line.contains("/0")
                ? "HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                : ScriptedHTTP.ok("yes")
        }
        rig.open()
        rig.tell { out in for n in 0..<2 { out.request("POST", path: "/\(n)", tag: UInt32(n)) } }
        rig.simulation.run(for: .seconds(1))
        let refusal = "HTTP 429 (Retry-After: 7): \(body.prefix(200))"
        #expect(rig.owner.told == ["answer 0 429 '\(refusal)': \(body)", "answer 1 200 '': yes"])
        #expect(rig.owner.end == nil)
    }

    @Test func `a server that nobody can reach is a failure to dial`() throws {
        for (answer, code) in [
            (SimulatedNetwork.Answer.refuse, DialError.Code.refused), (.ignore, .timeout),
        ] {
            let rig = try Rig { _, _ in "" }
            rig.simulation.network.answer("server", answer)
            rig.open()
            rig.simulation.run(for: .seconds(30))
            #expect(rig.owner.failure?.code == code && !rig.owner.isOpen && rig.owner.end == nil)
            #expect(rig.simulation.finish() == Simulation.Leaks())
        }
    }

    @Test func `a request without an answer ends the connection in time`() throws {
        let rig = try Rig { _, channel in
            // The head alone, then a byte now and then: each piece is in time, the whole is not.
            channel.writeAndFlush(
                ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), promise: nil)
            return ""
        }
        rig.open()
        rig.tell { $0.request("POST", path: "/say") }
        rig.simulation.run(for: .seconds(60))
        #expect("\(try #require(rig.owner.end))".contains("timeout waiting for the answer to /say"))
        #expect(rig.simulation.network.openClients == 0)
    }

    @Test func `what was written before a close is sent, and a server that does not answer is hung up on`() throws {
        var isMute = false
        let rig = try Rig { request, _ in
            if request.line.hasPrefix("GET") { return Self.streamHead + "\r\n" }
            isMute = request.line.contains("/2")
            return isMute ? "" : ScriptedHTTP.ok("ok")
        }
        rig.listen()
        rig.tell { out in for n in 0..<4 { out.request("POST", path: "/\(n)") } }
        rig.transport.close()
        rig.simulation.run(for: .seconds(1))
        #expect(rig.server.requests.filter { $0.line.hasPrefix("POST") }.count == 3)
        #expect(rig.simulation.network.openClients == 1)
        rig.simulation.run(for: .seconds(30))
        #expect(rig.owner.told == ["listening"] && rig.owner.end == nil)
        #expect(rig.simulation.finish() == Simulation.Leaks())
    }

    // MARK: Events

    @Test(arguments: [UInt64](1...8))
    func `events are read wherever their bytes are cut`(seed: UInt64) throws {
        let body = """
            \u{3A} hi\r\n\r\nid: 1\r\ndata: one\r\n\r\nevent: put\rdata: a\rdata: b\r\r: ping\n\nretry: 10\nid: 2\n
            data: two\n\nevent:x\ndata\n\nid\ndata: three\n\ndata: never
            """
        let expected =
            ["listening", "event message 1: one", "event put 1: a\nb", "event message 2: two"]
            + ["event x 2: ", "event message : three"]
        let bodies = [
            "Transfer-Encoding: chunked\r\n\r\n\(Self.chunked(body, by: 1 + Int(seed)))",
            "Content-Length: \(body.utf8.count)\r\n\r\n\(body)", "Connection: close\r\n\r\n\(body)",
        ]
        for rest in bodies {
            var links = LinkOptions(delay: .exponential(.milliseconds(10)))
            links.chunking = .split(3)
            let rig = try Rig(seed: seed, links: links) { _, channel in
                channel.writeAndFlush(ByteBuffer(string: Self.streamHead + rest), promise: nil)
                if rest.hasPrefix("Connection") { channel.close(promise: nil) }
                return ""
            }
            rig.listen()
            #expect(rig.owner.told == expected)
            #expect(rig.owner.end == .peerClosed)
            #expect(rig.server.requests.first?.head.contains("Accept: text/event-stream") == true)
            #expect(rig.simulation.finish() == Simulation.Leaks())
        }
    }

    @Test func `requests and events have a connection each, and a stream may be silent for an hour`() throws {
        var stream: (any Channel)?
        let rig = try Rig { request, channel in
            guard request.line.hasPrefix("GET") else { return ScriptedHTTP.ok("ok") }
            stream = channel
            return Self.streamHead + "\r\n"
        }
        rig.listen(for: .hours(1))
        stream?.writeAndFlush(ByteBuffer(string: "data: x\n\n"), promise: nil)
        rig.tell { $0.request("POST", path: "/say", tag: 3) }
        rig.simulation.run(for: .seconds(1))
        #expect(rig.owner.told == ["listening", "event message : x", "answer 3 200 '': ok"])
        #expect(rig.server.requests.map(\.connection) == [1, 0] && rig.owner.end == nil)
    }

    @Test func `a dialect may ask, listen again or close from within an event`() throws {
        let rig = try Rig { request, _ in
            request.line.hasPrefix("POST")
                ? ScriptedHTTP.ok("ok") : Self.streamHead + "\r\ndata: \(request.line.split(separator: " ")[1])\n\n"
        }
        let (transport, owner) = (rig.transport, rig.owner)
        owner.react = { text in
            var outbox = Outbox(seed: 1, framing: .messages)
            if text == "event message : /news" { outbox.request("POST", path: "/say", tag: 1) }
            if text.hasPrefix("answer 1") { outbox.listen(.events, path: "/other") }
            transport.write(&outbox)
            transport.flush()
            if text == "event message : /other" { transport.close() }
        }
        rig.listen()
        #expect(
            owner.told == [
                "listening", "event message : /news", "answer 1 200 '': ok", "listening", "event message : /other",
            ])
        #expect(rig.simulation.network.openClients == 0)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var answer: String
        var closes = false
        var part: String
    }

    @Test(arguments: [
        Fault(
            testDescription: "busy", answer: "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 4\r\n\r\nfull",
            part: "listening to /news was answered with HTTP 503 (Retry-After: 120): full"),
        Fault(
            testDescription: "a refusal without end",
            answer: "HTTP/1.1 404 Not Found\r\n\r\n" + String(repeating: "where? ", count: 1_000),
            part: "HTTP 404: " + String(repeating: "where? ", count: 28)),
        Fault(
            testDescription: "a refusal that is cut off",
            answer: "HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\noh no", closes: true, part: "HTTP 500: oh no"),
        Fault(
            testDescription: "a page",
            answer: "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n<p>",
            part: "HTTP 200: <p>"),
        Fault(
            testDescription: "no more", answer: "HTTP/1.1 204 No Content\r\n\r\n", part: "HTTP 204"),
        Fault(
            testDescription: "a redirect",
            answer: "HTTP/1.1 307 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
            part: "HTTP 307: a redirect to /there, which is not followed"),
        Fault(
            testDescription: "an event over the bound",
            answer: Self.streamHead + "\r\ndata: " + String(repeating: "x", count: 2_000), part: "more than 1000 bytes"),
        Fault(
            testDescription: "a stream that is cut off between events", answer: Self.streamHead + "\r\ndata: x\n\n",
            closes: true, part: "closed by the backend"),
        Fault(
            testDescription: "a chunk that is cut off",
            answer: Self.streamHead + "Transfer-Encoding: chunked\r\n\r\nff\r\ndata: x\n\n", closes: true,
            part: "ended at an unexpected time"),
        Fault(testDescription: "no HTTP", answer: "data: x\r\n\r\n", part: "no HTTP"),
        Fault(testDescription: "nothing", answer: "", closes: true, part: "closed by the backend"),
        Fault(testDescription: "silence", answer: "", part: "timeout waiting for the answer to /news"),
        Fault(
            testDescription: "a stream that falls silent", answer: Self.streamHead + "\r\n",
            part: "timeout waiting for the answer to /news"),
    ])
    func `a stream that is none, or breaks, ends the connection by name`(fault: Fault) throws {
        let rig = try Rig(HTTPPlan(maxMessageBytes: 1_000, silence: 30_000_000_000)) { _, channel in
            channel.writeAndFlush(ByteBuffer(string: fault.answer), promise: nil)
            if fault.closes { channel.close(promise: nil) }
            return ""
        }
        rig.listen(for: .seconds(40))
        let end = try #require(rig.owner.end)
        #expect("\(end)".contains(fault.part), "\(end)")
        #expect("\(end)".utf8.count < 400)
        #expect(rig.simulation.network.openClients == 0)
    }

    @Test func `a redirect is followed when asked to, without credentials`() throws {
        let rig = try Rig(options: ["redirects": "follow"]) { request, _ in
            request.head.contains("Host: other")
                ? Self.streamHead + "\r\ndata: x\n\n"
                : "HTTP/1.1 307 There\r\nLocation: http://other/there?r=1\r\nContent-Length: 0\r\n\r\n"
        }
        rig.listen()
        #expect(rig.owner.told == ["listening", "event message : x"] && rig.owner.end == nil)
        let second = try #require(rig.server.requests.last)
        #expect(second.line == "GET /there?r=1 HTTP/1.1")
        #expect(!second.head.contains("Cookie") && !second.head.contains("Authorization"))
    }

    // MARK: Polls

    @Test func `polls follow one another with the validators of the last answer`() throws {
        var waiting: [any Channel] = []
        let rig = try Rig { _, channel in
            waiting.append(channel)
            return ""
        }
        rig.listen(.polls, for: .minutes(5))
        #expect(waiting.count == 1 && rig.owner.end == nil, "a poll may wait as long as the server likes")
        for n in 0..<5 {
            let fields = "ETag: \(n)\r\nLast-Modified: Thu, 0\(n)\r\n"
            waiting[n].writeAndFlush(ByteBuffer(string: ScriptedHTTP.ok("news \(n)", fields)), promise: nil)
            rig.simulation.run(for: .milliseconds(10))
        }
        #expect(rig.owner.told == (0..<5).map { "event message : news \($0)" })
        #expect(rig.server.requests.count == 6 && rig.server.requests.allSatisfy { $0.connection == 1 })
        #expect(rig.server.requests[5].head.contains("If-None-Match: 4\r\nIf-Modified-Since: Thu, 04"))
        #expect(!rig.server.requests[0].head.contains("If-"))
        rig.transport.setReading(false)
        waiting[5].writeAndFlush(ByteBuffer(string: ScriptedHTTP.ok("late")), promise: nil)
        rig.simulation.run(for: .seconds(10))
        #expect(rig.server.requests.count == 6, "who does not read does not ask")
        rig.transport.setReading(true)
        rig.simulation.run(for: .seconds(1))
        #expect(rig.owner.told.last == "event message : late" && rig.server.requests.count == 7)
    }

    @Test(arguments: ["304 Not Modified", "204 No Content", "200 OK", "408 Request Timeout"])
    func `a server that has nothing at once is asked once a second`(status: String) throws {
        let rig = try Rig { _, _ in "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n" }
        rig.listen(.polls, for: .milliseconds(9_500))
        #expect(rig.server.requests.count == 10 && rig.owner.end == nil && rig.owner.told.isEmpty)
    }

    @Test func `a poll that is refused, or too great, ends the connection by name`() throws {
        for (answer, part) in [
            ("HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\nover", "HTTP 410: over"),
            (ScriptedHTTP.ok(String(repeating: "x", count: 2_000)), "more than 1000 bytes"),
        ] {
            let rig = try Rig(HTTPPlan(maxMessageBytes: 1_000)) { _, _ in answer }
            rig.listen(.polls)
            #expect("\(try #require(rig.owner.end))".contains(part))
            #expect(rig.simulation.network.openClients == 0)
        }
    }

    // MARK: Anything

    @Test func `random answers never trap, and leave nothing behind`() throws {
        let words = [
            "HTTP/1.1 200 OK\r\n", "HTTP/1.1 ", "200", "304", "101", "\r\n", "\r\n\r\n", "\n", "\r", "data: x", "id: 1",
            "Content-Type: text/event-stream\r\n", "Content-Length: 5\r\n", "Content-Length: 99999999999\r\n",
            "Transfer-Encoding: chunked\r\n", "5\r\n", "0\r\n\r\n", "Connection: close\r\n", ":", "\u{FEFF}", "\0",
        ]
        var generator = SplitMix64(seed: 77)
        var endings = Set<String>()
        for seed in 0..<60 {
            var links = LinkOptions()
            links.chunking = .split(4)
            let rig = try Rig(HTTPPlan(maxMessageBytes: 64), seed: UInt64(seed), links: links) { request, channel in
                var text = seed % 2 == 0 ? Self.streamHead : ""
                for _ in 0..<generator.uniform(below: 12) { text += words[generator.uniform(below: words.count)] }
                channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
                if seed % 3 == 0 { channel.close(promise: nil) }
                return ""
            }
            rig.open()
            rig.tell { out in
                out.listen(seed % 4 < 2 ? .events : .polls, path: "/news")
                out.request("POST", path: "/say", body: ByteBuffer(string: "x"))
            }
            rig.simulation.run(for: .seconds(5))
            endings.insert(rig.owner.end.map { "\($0)".prefix(12) + "" } ?? "open")
            rig.transport.close()
            rig.simulation.run(for: .seconds(20))
            #expect(rig.simulation.finish() == Simulation.Leaks(), "seed \(seed)")
        }
        #expect(endings.count >= 3, "\(endings)")
    }

    @Test func `messages come out as they went in`() throws {
        let field = HTTPOutgoing.HTTPField(name: "X", value: "y")
        for message in [
            HTTPOutgoing.request("PUT", path: "/a?b", fields: [field, field], body: ByteBuffer(string: "c"), tag: 9),
            .request("GET", path: "", fields: [], body: ByteBuffer(), tag: .max),
            .listen(.polls, path: "/a", fields: [field]), .listen(.events, path: "/", fields: []),
        ] {
            var bytes = ByteBuffer()
            message.write(to: &bytes)
            #expect(HTTPOutgoing(bytes) == message)
            for length in 0..<bytes.readableBytes {
                #expect(HTTPOutgoing(bytes.getSlice(at: 0, length: length) ?? ByteBuffer()) != message)
            }
        }
        var foreign = ByteBuffer(string: "hello")
        #expect(throws: DialectError.self) { try HTTPIncoming(&foreign) }
    }
}

@available(*, unavailable)
extension HTTPCarrierTests.Owner: Sendable {}
@available(*, unavailable)
extension HTTPCarrierTests.Rig: Sendable {}
