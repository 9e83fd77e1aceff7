import NIOCore
import Signaling

@testable import Backends

/// A backend's dialect, from its first byte on: welcomed, it joins; joined, it speaks.
enum DialectDecoders {
    private static func settings(_ id: String, _ options: [String: String] = [:]) -> BackendSettings {
        BackendSettings(id: id, url: BackendURL(scheme: "ws", host: "127.0.0.1", port: 1), options: options)
    }

    static func relay(_ input: FuzzInput) throws {
        try self.converse(RelayDialect(self.settings("relay"), ticket: .none), input, byMessage: true)
    }

    /// Option bit 0: the other verb.
    static func baas(_ input: FuzzInput) throws {
        let options = input.has(0) ? ["verb": "send"] : [:]
        let dialect = try BaasDialect(self.settings("baas", options), ticket: Ticket(values: ["id": "me"]))
        try self.converse(dialect, input, byMessage: true)
    }

    static func socketIO(_ input: FuzzInput) throws {
        try self.converse(SocketIODialect(self.settings("socketio"), ticket: .none), input, byMessage: true)
    }

    /// Option bits: 0 version 5, 1 and 2 the layout, 3 retained presence.
    static func mqtt(_ input: FuzzInput) throws {
        let layouts = ["broadcast", "inbox", "milkcocoa", "milkcocoa"]
        let options = [
            "layout": layouts[Int(input.options >> 1 & 3)], "presence": input.has(3) ? "retained" : "none",
        ]
        let ticket = Ticket(values: ["id": "me"])
        let dialect = try MQTTDialect(self.settings(input.has(0) ? "mqtt5" : "mqtt", options), ticket: ticket)
        try self.converse(dialect, input, byMessage: false)
        try expectSame(input) { pieces in
            var events: [Inbound] = []
            var session = Conversation(dialect, framing: .bytes)
            for piece in pieces { events += try session.hear(piece) }
            return events
        }
    }

    /// Lets a dialect hear all of an input.
    private static func converse(_ dialect: some Dialect, _ input: FuzzInput, byMessage: Bool) throws {
        var conversation = Conversation(dialect, framing: byMessage ? .webSocketMessages : .bytes)
        for piece in byMessage ? input.messages : input.pieces {
            if byMessage { conversation.begin() }
            _ = try conversation.hear(piece)
        }
        conversation.end()
    }
}

/// An agent as far as its dialect sees it.
private struct Conversation<Speaker: Dialect> {
    private var dialect: Speaker
    private var out: Outbox
    private var bytes = ByteBuffer()
    private var now = Instant(nanoseconds: 0)
    private var isOver = false

    init(_ dialect: Speaker, framing: CarrierFraming) {
        self.dialect = dialect
        self.out = Outbox(seed: 1, framing: framing)
        self.dialect.opened(now: self.now, into: &self.out)
        if let deadline = self.dialect.deadline, deadline <= self.now,
            let event = try? self.dialect.expired(now: self.now, into: &self.out)
        {
            self.answer(event)
        }
    }

    /// The next message stands alone.
    mutating func begin() { self.bytes.clear() }

    /// Takes some bytes.
    ///
    /// - Returns: the events that they complete.
    mutating func hear(_ piece: ArraySlice<UInt8>) throws -> [Inbound] {
        guard !self.isOver else { return [] }
        self.bytes.writeBytes(piece)
        var events: [Inbound] = []
        let end = self.bytes.writerIndex
        while !self.isOver {
            let start = self.bytes.readerIndex
            let event: Inbound?
            do {
                event = try self.dialect.next(&self.bytes, now: self.now, into: &self.out)
            } catch {
                self.isOver = true
                break
            }
            guard self.bytes.writerIndex == end, self.bytes.readerIndex >= start else {
                throw Violation("the dialect moved what it was given")
            }
            guard let event else { break }
            events.append(event)
            try self.check(event)
            self.answer(event)
            guard events.count <= piece.count + self.bytes.capacity + 16 else {
                throw Violation("events without end")
            }
        }
        _ = self.out.takeWire()
        return events
    }

    /// What the event points at is there.
    private func check(_ event: Inbound) throws {
        let head: SignalHead
        var body: Range<Int>?
        switch event {
        case .signal(let found, let range): (head, body) = (found, range)
        case .overheard(let found): head = found
        case .welcomed, .joined, .peerJoined, .peerLeft, .sent, .acked, .refused, .resumed, .control, .closed: return
        }
        var place = head.bodyIsInScratch ? self.dialect.scratch : self.bytes
        // What was consumed is still there, as the contract has it.
        place.moveReaderIndex(to: 0)
        guard place.getBytes(at: head.from.lowerBound, length: head.from.count) != nil else {
            throw Violation("from is beyond the buffer")
        }
        guard let body else { return }
        guard let signal = place.getBytes(at: body.lowerBound, length: body.count), signal.count == head.bytes else {
            throw Violation("the body is beyond the buffer, or of another length than its head says")
        }
        // A tag bears a digest over the body; without one the dialect itself answers for what it hands on.
        guard head.tag == nil else { return }
        let isSound = signal.withUnsafeBytes { text in
            var walker = JSONWalker(text)
            return UTF8Validator.isValid(text) && (try? walker.value()) != nil && (try? walker.finish()) != nil
        }
        guard isSound else { throw Violation("a signal that is not JSON: \(String(decoding: signal, as: UTF8.self))") }
    }

    private mutating func answer(_ event: Inbound) {
        switch event {
        case .welcomed: _ = self.dialect.encode(.join(room: "room"), now: self.now, into: &self.out)
        case .joined:
            let signal = ByteBuffer(string: #"{"type":"call","from":"me","tag":"x"}"#)
            _ = self.dialect.encode(.send(signal: signal, to: .room, id: 1), now: self.now, into: &self.out)
        case .signal, .overheard, .peerJoined, .peerLeft, .sent, .acked, .refused, .resumed, .control: break
        case .closed: self.isOver = true
        }
    }

    /// Waits for every deadline, and hangs up.
    mutating func end() {
        for _ in 0..<4 {
            guard let deadline = self.dialect.deadline, deadline < .distantFuture else { break }
            self.now = max(self.now, deadline)
            guard (try? self.dialect.expired(now: self.now, into: &self.out)) != nil else { break }
        }
        _ = self.dialect.closed(.closed(code: 1000, reason: ""))
    }
}
