import NIOCore

/// Reads a stream of server-sent events, in pieces of any size.
///
/// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html, sections 9.2.5 and 9.2.6.
struct EventStream {
    /// One event.
    struct Event: Equatable {
        /// What it is called; `message` when the server does not say.
        var type: String
        /// Its lines, with a line feed between two of them; whether they are UTF-8 is for the reader to judge.
        var data: ByteBuffer
        /// The last id that the server has said; empty when it has said none.
        var id: String
    }

    /// Bytes that one event, or one line, may have.
    let maxEventBytes: Int
    /// The id of the last event that ended; a client that comes back sends it as `Last-Event-ID`.
    private(set) var lastEventID = ""
    /// How long the server wants a client to wait before it comes back; nil when it has not said.
    private(set) var retry: TimeAmount?

    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var type: [UInt8] = []
    private var id: [UInt8] = []
    private var isFirstLine = true
    /// The last byte was a carriage return, whose line feed may follow.
    private var endedInReturn = false
    private var failure: EventStreamError?

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let feed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(maxEventBytes: Int) { self.maxEventBytes = maxEventBytes }

    /// Takes a piece of the stream.
    ///
    /// - Returns: the events that end in it, in order. An event that the stream's end cuts off is none.
    /// - Throws: ``EventStreamError`` for an event over the bound, and from then on.
    mutating func append(_ piece: ByteBuffer) throws(EventStreamError) -> [Event] {
        if let failure = self.failure { throw failure }
        var events: [Event] = []
        var rest = piece.readableBytesView
        while let first = rest.first {
            if self.endedInReturn {
                self.endedInReturn = false
                if first == Self.feed {
                    rest = rest.dropFirst()
                    continue
                }
            }
            let end = rest.firstIndex { $0 == Self.feed || $0 == Self.carriageReturn }
            let part = rest[..<(end ?? rest.endIndex)]
            guard self.line.count + self.data.count + part.count <= self.maxEventBytes else {
                throw self.fail()
            }
            self.line.append(contentsOf: part)
            guard let end else { break }
            self.endedInReturn = rest[end] == Self.carriageReturn
            rest = rest[(end + 1)...]
            if let event = self.endLine() { events.append(event) }
        }
        return events
    }

    private mutating func fail() -> EventStreamError {
        let failure = EventStreamError(maxEventBytes: self.maxEventBytes)
        self.failure = failure
        self.line = []
        self.data = []
        return failure
    }

    private mutating func endLine() -> Event? {
        defer { self.line.removeAll(keepingCapacity: true) }
        if self.isFirstLine {
            self.isFirstLine = false
            if self.line.starts(with: Self.mark) { self.line.removeFirst(Self.mark.count) }
        }
        guard !self.line.isEmpty else { return self.endEvent() }
        let colon = self.line.firstIndex(of: UInt8(ascii: ":"))
        let name = self.line[..<(colon ?? self.line.endIndex)]
        var value = colon.map { self.line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        // A line that begins with a colon is a comment, and has no name.
        switch String(decoding: name, as: UTF8.self) {
        case "data":
            self.data.append(contentsOf: value)
            self.data.append(Self.feed)
        case "event": self.type = Array(value)
        case "id" where !value.contains(0): self.id = Array(value)
        case "retry" where !value.isEmpty && value.allSatisfy { (0x30...0x39).contains($0) }:
            // Longer than any wait is: what does not fit is not heard.
            if let wait = Int64(String(decoding: value, as: UTF8.self)), wait <= Int64.max / 1_000_000 {
                self.retry = .milliseconds(wait)
            }
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> Event? {
        self.lastEventID = String(decoding: self.id, as: UTF8.self)
        defer {
            self.data.removeAll(keepingCapacity: true)
            self.type = []
        }
        guard !self.data.isEmpty else { return nil }
        let type = self.type.isEmpty ? "message" : String(decoding: self.type, as: UTF8.self)
        return Event(type: type, data: ByteBuffer(bytes: self.data.dropLast()), id: self.lastEventID)
    }
}
