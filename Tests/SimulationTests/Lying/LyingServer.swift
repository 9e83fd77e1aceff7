import Backends
import Glibc
import NIOCore
import Signaling
import Simulation

/// Stands between an embedded server and its connections, lies, and keeps the log of what it truly did.
///
/// It knows RFC 6455 framing and nothing of what is said; what a lie does with a text is the lie's own matter.
final class LyingServer: ServerLoop {
    /// A text frame, one way or the other.
    struct Text {
        var bytes: [UInt8]
        /// Of the message in it that bears a tag of ours.
        let tag: Tag?

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            self.tag = Self.place(of: #""tag":""#, in: bytes).flatMap { at in
                let value = Array(bytes[at...].prefix(Tag.length))
                return Tag.parse(value.span.bytes)
            }
        }

        func says(_ word: String) -> Bool { Self.place(of: word, in: self.bytes) != nil }

        func isA(_ kind: SignalKind) -> Bool { self.says(#""type":"\#(kind)""#) }

        /// The first place behind a word.
        static func place(of word: String, in bytes: [UInt8]) -> Int? {
            let word = Array(word.utf8)
            return bytes.withUnsafeBytes { bytes in
                var place = 0
                while place + word.count <= bytes.count, let base = bytes.baseAddress,
                    let found = memchr(base + place, Int32(word[0]), bytes.count - place - word.count + 1)
                {
                    place = UnsafeRawPointer(found) - base
                    if memcmp(base + place, word, word.count) == 0 { return place + word.count }
                    place += 1
                }
                return nil
            }
        }
    }

    /// What becomes of a text that the embedded server says.
    enum Fate {
        case said
        case saidTwice
        /// Now, and again so much later.
        case saidAgain(TimeAmount)
        case dropped
        case changed([UInt8])
        case late(TimeAmount)
        /// Behind the next text of the same sender to the same connection.
        case overtaken
        /// Also to a connection that it is not for.
        case alsoTo(Int)
    }

    /// What truly happened.
    struct Log {
        /// Messages with a tag of ours that were taken from clients.
        var taken = 0
        /// Deliveries of such messages that went out, and those that did not.
        var said = 0
        var dropped = 0
        var doubled = 0
        var changed = 0
        /// Messages that were changed, however many got them.
        var altered = 0
        var swapped = 0
        var leaked = 0
        /// Texts said of its own accord.
        var invented = 0
        /// Texts of clients that were not heard.
        var ignored = 0
        /// Connections whose join was not heard, and that were still there a second after others had spoken to their room.
        var deaf = 0
        var refused = 0
        var closed = 0
        var accepted = 0
        /// Messages that came in the moment of an acknowledgement.
        var waited = 0
    }

    private let inner: any ServerLoop
    private let virtual: VirtualLoop
    var log = Log()
    /// What the lie makes of a text to a connection.
    var fate: (Text, Int) -> Fate = { _, _ in .said }
    /// Whether a client's text is heard.
    var hears: (Text, Int) -> Bool = { _, _ in true }
    /// How long the answer to a handshake takes, and how long a connection lives.
    var handshake = TimeAmount.zero
    var life: TimeAmount?
    /// How long it takes to hear of a client's closing handshake.
    var closing = TimeAmount.zero
    fileprivate var connections: [Wire] = []

    init(_ inner: any ServerLoop, on loop: VirtualLoop) {
        self.inner = inner
        self.virtual = loop
    }

    var loop: any EventLoop { self.virtual }
    var counters: ServerCounters { self.inner.counters }
    var isEmpty: Bool { self.inner.isEmpty }
    func drain() { self.inner.drain() }
    func abandon() { self.inner.abandon() }

    /// Says texts of its own to a connection, after a millisecond.
    func invent(_ texts: [[UInt8]], to connection: Int) {
        let bound = NIOLoopBound((server: self, wire: self.connections[connection]), eventLoop: self.virtual)
        self.virtual.at(self.virtual.now + .milliseconds(1)) {
            let (server, wire) = bound.value
            for text in texts where wire.write(FrameSplitter.frame(text)) { server.log.invented += 1 }
        }
    }

    /// Does something in a while if a connection is still there.
    func later(_ delay: TimeAmount, on connection: Int, _ action: @escaping (LyingServer) -> Void) {
        let bound = NIOLoopBound(
            (server: self, wire: self.connections[connection], action: action), eventLoop: self.virtual)
        self.virtual.at(self.virtual.now + delay) {
            if bound.value.wire.isOpen { bound.value.action(bound.value.server) }
        }
    }

    /// Ends every connection.
    func cutAll() {
        for wire in self.connections where wire.cut() { self.log.closed += 1 }
    }

    func accept(_ channel: any Channel) throws {
        try self.inner.accept(channel)
        let wire = Wire(self, self.connections.count)
        self.connections.append(wire)
        try channel.pipeline.syncOperations.addHandler(wire, position: .first)
        self.log.accepted += 1
        guard let life else { return }
        let bound = NIOLoopBound((server: self, channel: channel), eventLoop: self.virtual)
        self.virtual.at(self.virtual.now + self.handshake + life) {
            let (server, channel) = bound.value
            guard channel.isActive else { return }
            server.log.closed += 1
            channel.close(promise: nil)
        }
    }

    fileprivate func later(_ delay: TimeAmount, _ wire: Wire, _ bytes: [UInt8]) {
        let bound = NIOLoopBound(wire, eventLoop: self.virtual)
        self.virtual.at(self.virtual.now + delay) { bound.value.write(bytes) }
    }

    /// The framing of one connection, and the state of the lie on it.
    fileprivate final class Wire: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private unowned let server: LyingServer
        private let number: Int
        private let opensAt: NIODeadline
        private var context: ChannelHandlerContext?
        private var incoming = FrameSplitter()
        private var outgoing = FrameSplitter()
        /// Texts that wait to be overtaken, by sender.
        private var held: [UInt32: [UInt8]] = [:]

        init(_ server: LyingServer, _ number: Int) {
            self.server = server
            self.number = number
            self.opensAt = server.loop.now + server.handshake
        }

        var isOpen: Bool { self.context?.channel.isActive == true }

        /// - Returns: whether there was anybody to cut off.
        func cut() -> Bool {
            guard let context, self.isOpen else { return false }
            context.channel.close(promise: nil)
            return true
        }

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var heard: [UInt8] = []
            for part in self.incoming.take(Array(self.unwrapInboundIn(data).readableBytesView)) {
                if let text = part.text.map(Text.init) {
                    guard self.server.hears(text, self.number) else {
                        self.server.log.ignored += 1
                        continue
                    }
                    if text.tag != nil { self.server.log.taken += 1 }
                } else if part.raw[0] == 0x88, self.server.closing > .zero {
                    self.hear(part.raw, in: self.server.closing)
                    continue
                }
                heard += part.raw
            }
            if !heard.isEmpty { context.fireChannelRead(self.wrapInboundOut(ByteBuffer(bytes: heard))) }
        }

        /// Hears something later.
        private func hear(_ bytes: [UInt8], in delay: TimeAmount) {
            let bound = NIOLoopBound(self, eventLoop: self.server.loop)
            self.server.virtual.at(self.server.virtual.now + delay) {
                guard let context = bound.value.context, bound.value.isOpen else { return }
                context.fireChannelRead(bound.value.wrapInboundOut(ByteBuffer(bytes: bytes)))
            }
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            var said: [UInt8] = []
            for part in self.outgoing.take(Array(self.unwrapOutboundIn(data).readableBytesView)) {
                if let text = part.text {
                    said += self.say(Text(text), part.raw)
                } else {
                    said += part.raw
                }
            }
            guard !said.isEmpty else { return promise?.succeed() ?? () }
            if self.server.loop.now < self.opensAt {
                self.server.later(self.opensAt - self.server.loop.now, self, said)
                return promise?.succeed() ?? ()
            }
            context.write(self.wrapOutboundOut(ByteBuffer(bytes: said)), promise: promise)
        }

        /// Tells a lie, or does not, and writes it down.
        ///
        /// - Returns: what goes out now.
        private func say(_ text: Text, _ raw: [UInt8]) -> [UInt8] {
            let fate = self.server.fate(text, self.number)
            guard let tag = text.tag else { return self.control(fate, raw) }
            var released: [UInt8] = []
            if let waiting = self.held.removeValue(forKey: tag.sender) {
                released = waiting
                self.server.log.swapped += 1
                self.server.log.said += 1
            }
            switch fate {
            case .said: break
            case .dropped:
                self.server.log.dropped += 1
                return released
            case .saidTwice:
                self.server.log.doubled += 1
                self.server.log.said += 2
                return raw + raw + released
            case .saidAgain(let delay):
                self.server.later(delay, on: self.number) { server in
                    if server.connections[self.number].write(raw) { server.log.doubled += 1 }
                }
            case .changed(let bytes):
                self.server.log.changed += 1
                self.server.log.said += 1
                return FrameSplitter.frame(bytes) + released
            case .late(let delay):
                self.server.later(delay, self, raw)
                return released
            case .overtaken where released.isEmpty:
                self.held[tag.sender] = raw
                return []
            case .overtaken: break
            case .alsoTo(let other):
                if self.server.connections[other].write(raw) { self.server.log.leaked += 1 }
            }
            self.server.log.said += 1
            return raw + released
        }

        private func control(_ fate: Fate, _ raw: [UInt8]) -> [UInt8] {
            switch fate {
            case .dropped: return []
            case .changed(let bytes): return FrameSplitter.frame(bytes)
            case .late(let delay):
                self.server.later(delay, self, raw)
                return []
            case .said, .saidTwice, .saidAgain, .overtaken, .alsoTo: return raw
            }
        }

        /// Writes bytes that had waited; a delivery among them counts only when somebody is there to read it.
        ///
        /// - Returns: whether somebody was.
        @discardableResult
        func write(_ bytes: [UInt8]) -> Bool {
            guard let context, context.channel.isActive else { return false }
            var splitter = FrameSplitter(isUpgraded: bytes.first.map { $0 & 0x80 != 0 } ?? true)
            if splitter.take(bytes).contains(where: { $0.text.map(Text.init)?.tag != nil }) {
                self.server.log.said += 1
            }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            return true
        }
    }
}

@available(*, unavailable)
extension LyingServer: Sendable {}
@available(*, unavailable)
extension LyingServer.Wire: Sendable {}

/// Cuts one way of a connection into its HTTP head and its frames.
struct FrameSplitter {
    struct Part {
        var raw: [UInt8]
        /// The unmasked payload of a whole text frame.
        var text: [UInt8]?
    }

    private var kept: [UInt8] = []
    private var isUpgraded = false

    init(isUpgraded: Bool = false) { self.isUpgraded = isUpgraded }

    mutating func take(_ bytes: [UInt8]) -> [Part] {
        self.kept += bytes
        var parts: [Part] = []
        if !self.isUpgraded {
            guard let end = LyingServer.Text.place(of: "\r\n\r\n", in: self.kept) else { return [] }
            self.isUpgraded = true
            parts.append(Part(raw: Array(self.kept[..<end])))
            self.kept.removeFirst(end)
        }
        while let length = self.header() {
            let raw = Array(self.kept[..<(length.header + length.body)])
            self.kept.removeFirst(raw.count)
            var body = Array(raw[length.header...])
            if raw[1] & 0x80 != 0 {
                for place in body.indices { body[place] ^= raw[length.header - 4 + place % 4] }
            }
            parts.append(Part(raw: raw, text: raw[0] == 0x81 ? body : nil))
        }
        return parts
    }

    /// Lengths of the next frame, once all of it is there.
    private func header() -> (header: Int, body: Int)? {
        guard self.kept.count >= 2 else { return nil }
        var header = 2
        var body = Int(self.kept[1] & 0x7F)
        if body >= 126 {
            let count = body == 126 ? 2 : 8
            guard self.kept.count >= 2 + count else { return nil }
            body = self.kept[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
            header += count
        }
        if self.kept[1] & 0x80 != 0 { header += 4 }
        return self.kept.count >= header + body ? (header, body) : nil
    }

    /// A text frame of a server.
    static func frame(_ text: [UInt8]) -> [UInt8] {
        let length = text.count
        if length < 126 { return [0x81, UInt8(length)] + text }
        return [0x81, 126, UInt8(length >> 8), UInt8(length & 0xFF)] + text
    }
}
