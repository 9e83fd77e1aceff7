import NIOCore
import Signaling

/// What a client keeps so that a server with connection state recovery can go on where a lost connection ended.
///
/// The server names the session by a `pid` in its answer to CONNECT and puts an offset behind the arguments of every event;
/// the next CONNECT brings both, and the answer bears the same `pid` where the session goes on. What was missed comes before
/// that answer. Source: https://socket.io/docs/v4/connection-state-recovery, and `Socket.onevent` of socket.io-client.
struct SocketIORecovery: Sendable {
    /// The session's private id; empty where the server has no such sessions.
    private(set) var pid: [UInt8] = []
    /// The offset of the last event; empty before the first.
    private(set) var offset: [UInt8] = []
    /// Events that came before the answer to CONNECT, behind which they belong; each without Engine.IO's digit.
    private var missed = CircularBuffer<[UInt8]>()
    private var missedBytes = 0
    /// The session went on, and nobody was told yet.
    private var isNews = false

    /// Bytes of missed events that are kept.
    private static let maxMissedBytes = 16 << 20
    /// The longest offset that is looked for.
    private static let maxOffset = 128

    var isOffered: Bool { !self.pid.isEmpty }

    /// The payload of CONNECT: the session, and what the settings say.
    func payload(_ auth: [UInt8]) -> [UInt8] {
        guard self.isOffered else { return auth }
        var out = Array(#"{"pid":""#.utf8)
        JSONText.appendEscaped(self.pid, to: &out)
        if !self.offset.isEmpty {
            out += Array(#"","offset":""#.utf8)
            JSONText.appendEscaped(self.offset, to: &out)
        }
        out.append(UInt8(ascii: "\""))
        let members = auth.drop { $0 != UInt8(ascii: "{") }.dropFirst().drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if members.first ?? UInt8(ascii: "}") == UInt8(ascii: "}") { return out + Array("}".utf8) }
        return out + Array(",".utf8) + members
    }

    /// Another connection begins.
    mutating func opened() {
        self.missed.removeAll()
        self.missedBytes = 0
        self.isNews = false
    }

    /// The server's answer to CONNECT has come.
    mutating func connected(pid: [UInt8]?) {
        let pid = pid ?? []
        self.isNews = self.isOffered && pid == self.pid
        if !self.isNews { self.offset = [] }
        self.pid = pid
    }

    /// Keeps an event until the answer to CONNECT has come.
    mutating func keep(_ event: [UInt8]) throws(DialectError) {
        self.missedBytes += event.count
        guard self.missedBytes <= Self.maxMissedBytes else {
            throw DialectError(code: .malformed, message: "the server repeats more than \(Self.maxMissedBytes) bytes")
        }
        self.missed.append(event)
    }

    /// Takes the offset behind the arguments of an event.
    ///
    /// - Returns: where the arguments end: the index of the comma before the offset; nil where none is.
    mutating func hear(_ range: Range<Int>, _ bytes: ByteBuffer) -> Int? {
        var tail = bytes
        tail.moveReaderIndex(to: max(range.lowerBound, range.upperBound - Self.maxOffset - 4))
        let view = tail.readableBytesView.prefix(range.upperBound - tail.readerIndex)
        let quote = UInt8(ascii: "\"")
        guard view.suffix(2).elementsEqual("\"]".utf8),
            let start = view.dropLast(2).lastIndex(where: { $0 == quote || $0 == UInt8(ascii: "\\") }),
            view[start] == quote, start > view.startIndex, view[start - 1] == UInt8(ascii: ",")
        else { return nil }
        self.offset = Array(view[(start + 1)..<(view.endIndex - 2)])
        return start - 1
    }

    /// What the answer to CONNECT made due, one at a time.
    enum Due {
        /// The session went on.
        case resumed
        /// An event that was missed.
        case missed([UInt8])
    }

    mutating func next() -> Due? {
        if self.isNews {
            self.isNews = false
            return .resumed
        }
        guard let event = self.missed.popFirst() else { return nil }
        self.missedBytes -= event.count
        return .missed(event)
    }

    var hasDue: Bool { self.isNews || !self.missed.isEmpty }
}

extension SocketIODialect {
    /// An event that came before the answer to CONNECT, now that this is here.
    @inline(never)
    mutating func due(into out: inout Outbox) -> Inbound? {
        while let due = self.recovery.next() {
            guard case .missed(let text) = due else { return .resumed }
            var whole = ByteBuffer(bytes: text)
            _ = self.recovery.hear(0..<text.count, whole)
            guard let packet = text.withUnsafeBytes({ SocketIOPacket($0) }) else { continue }
            let event = self.meant(packet, text, at: 0, whole, into: &out)
            switch event {
            case .signal(var head, let body) where !head.bodyIsInScratch:
                head.bodyIsInScratch = true
                swap(&self.scratch, &whole)
                return .signal(head, body: body)
            case .overheard(var head) where !head.bodyIsInScratch:
                head.bodyIsInScratch = true
                swap(&self.scratch, &whole)
                return .overheard(head)
            default: return event
            }
        }
        return nil
    }
}
