import Glibc
package import NIOCore
package import Signaling

/// What truly went into the links and came out of them: the truth that a report is compared with.
package final class LinkLog {
    /// One message with a tag, at one end of a link.
    package struct Message: Sendable, Hashable {
        package var tag: Tag
        /// Number of the link, which is one life of one agent.
        package var link: Int
        package var time: NIODeadline
        /// Whether it is chatter, by which fan-out is measured.
        package var isChatter: Bool
    }

    /// Bytes of one way of all links.
    package struct Bytes: Sendable, Hashable {
        package var sent = 0
        package var read = 0
    }

    /// Messages of clients, by the time of their first byte.
    package fileprivate(set) var sent: [Message] = []
    /// Messages at clients, by the time of their last byte.
    package fileprivate(set) var received: [Message] = []
    package fileprivate(set) var bytes: [Way: Bytes] = [:]
    private let followsTags: Bool

    /// - Parameter followsTags: whether WebSocket frames are read for tags; else bytes are counted alone.
    package init(followsTags: Bool = true) { self.followsTags = followsTags }

    func flow(_ link: Int, _ way: Way) -> FlowLog {
        FlowLog(self, link, way, scanner: self.followsTags ? TagScanner() : nil)
    }

    /// From the first byte in to the last byte out, for each message that a link read.
    ///
    /// - Parameter isWanted: says of a sent message whether its receipts are asked for.
    /// - Returns: in the order of the receipts.
    package func latencies(where isWanted: (Message) -> Bool = { _ in true }) -> [TimeAmount] {
        var first: [Tag: NIODeadline] = [:]
        for message in self.sent where first[message.tag] == nil && isWanted(message) {
            first[message.tag] = message.time
        }
        return self.received.compactMap { message in first[message.tag].map { message.time - $0 } }
    }
}

@available(*, unavailable)
extension LinkLog: Sendable {}

/// The log of one way of one link.
final class FlowLog {
    private let log: LinkLog
    private let link: Int
    private let way: Way
    private var scanner: TagScanner?

    init(_ log: LinkLog, _ link: Int, _ way: Way, scanner: TagScanner?) {
        self.log = log
        self.link = link
        self.way = way
        self.scanner = scanner
    }

    func sent(_ bytes: ByteBuffer, at time: NIODeadline) {
        self.log.bytes[self.way, default: LinkLog.Bytes()].sent += bytes.readableBytes
        guard self.way == .toServer else { return }
        self.scanner?.take(bytes, at: time) { tag, isChatter, first, _ in
            self.log.sent.append(LinkLog.Message(tag: tag, link: self.link, time: first, isChatter: isChatter))
        }
    }

    func read(_ bytes: ByteBuffer, at time: NIODeadline) {
        self.log.bytes[self.way, default: LinkLog.Bytes()].read += bytes.readableBytes
        guard self.way == .toClient else { return }
        self.scanner?.take(bytes, at: time) { tag, isChatter, _, last in
            self.log.received.append(LinkLog.Message(tag: tag, link: self.link, time: last, isChatter: isChatter))
        }
    }
}

/// Finds the tags in the WebSocket frames of one direction; it knows RFC 6455 by itself, as a second opinion.
struct TagScanner {
    private var kept: [UInt8] = []
    private var isUpgraded = false
    private var frameBegan: NIODeadline?
    private static let chatter = Array("chatter".utf8)
    private static let name = Array("tag".utf8)
    /// Bytes of a message in which its tag is looked for: it stands ahead of the body.
    private static let reach = 400

    /// Takes what passed, and says each tag, whether it is chatter's, and when its frame's first and last byte passed.
    mutating func take(
        _ bytes: ByteBuffer, at time: NIODeadline, _ found: (Tag, Bool, NIODeadline, NIODeadline) -> Void
    ) {
        self.kept.append(contentsOf: bytes.readableBytesView)
        var place = 0
        if !self.isUpgraded {
            guard let end = Self.end(ofHead: self.kept) else { return }
            self.isUpgraded = true
            place = end
        }
        while place < self.kept.count {
            let began = self.frameBegan ?? time
            guard let frame = Self.frame(self.kept, at: place) else {
                self.frameBegan = began
                break
            }
            self.frameBegan = nil
            if frame.isData {
                let payload = frame.payload(of: self.kept)
                let isChatter = Self.place(of: Self.chatter, in: payload, from: 0) != nil
                Self.tags(in: payload) { found($0, isChatter, began, time) }
            }
            place = frame.body.upperBound
        }
        self.kept.removeFirst(place)
    }

    private struct Frame {
        var isData: Bool
        var mask: [UInt8]
        var body: Range<Int>

        /// The first bytes of the payload.
        func payload(of bytes: [UInt8]) -> [UInt8] {
            var payload = Array(bytes[self.body.prefix(TagScanner.reach)])
            guard !self.mask.isEmpty else { return payload }
            for place in payload.indices { payload[place] ^= self.mask[place & 3] }
            return payload
        }
    }

    private static func end(ofHead bytes: [UInt8]) -> Int? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard bytes.count >= 4 else { return nil }
        return (0...bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual(end) }.map { $0 + 4 }
    }

    private static func frame(_ bytes: [UInt8], at start: Int) -> Frame? {
        var place = start
        func number(_ count: Int) -> Int? {
            guard place + count <= bytes.count else { return nil }
            let value = bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
            place += count
            return value
        }
        guard let first = number(1), let second = number(1) else { return nil }
        var length: Int? = second & 0x7F
        if length == 126 { length = number(2) } else if length == 127 { length = number(8) }
        guard let length else { return nil }
        var mask: [UInt8] = []
        if second & 0x80 != 0 {
            guard place + 4 <= bytes.count else { return nil }
            mask = Array(bytes[place..<place + 4])
            place += 4
        }
        guard place + length <= bytes.count else { return nil }
        return Frame(isData: first & 0x08 == 0, mask: mask, body: place..<place + length)
    }

    /// Finds `tag`, punctuation, and behind it the 36 bytes of a tag.
    private static func tags(in text: [UInt8], _ found: (Tag) -> Void) {
        let between = #"":\ "#.utf8
        var place = 0
        while let start = self.place(of: self.name, in: text, from: place) {
            place = start + self.name.count
            while place < text.count, between.contains(text[place]) { place += 1 }
            guard place + Tag.length <= text.count else { return }
            let value = Array(text[place..<place + Tag.length])
            if let tag = Tag.parse(value.span.bytes) {
                found(tag)
                place += Tag.length
            }
        }
    }

    private static func place(of word: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        text.withUnsafeBytes { bytes in
            var place = start
            while place + word.count <= bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + place, Int32(word[0]), bytes.count - place - word.count + 1)
            {
                place = UnsafeRawPointer(found) - base
                if memcmp(base + place, word, word.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }
}
