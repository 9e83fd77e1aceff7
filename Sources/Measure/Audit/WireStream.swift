import Signaling

/// One direction of one connection as the wire had it: WebSocket frames are taken apart, all else is read as it stands,
/// and the tags of one run are found in it.
struct WireStream {
    private enum State {
        /// The first bytes decide whether it is HTTP.
        case start
        case head
        case plain
        case header
        case payload(left: Int, mask: [UInt8], offset: Int, isData: Bool)
    }

    private var state = State.start
    /// A head of HTTP or the header of a frame, as far as it has come.
    private var pending: [UInt8] = []
    /// What was carried, from a little before the first byte that was not searched yet.
    private var text: [UInt8] = []
    private var searched = 0
    /// The run's eight digits and the dot behind them.
    private let needle: [UInt8]

    /// As much of a message as may lie between its type and its tag.
    private static let reach = 512
    private static let methods = ["GET ", "POST", "PUT ", "HTTP", "HEAD", "DELE", "OPTI"].map { Array($0.utf8) }

    init(run: UInt32) {
        var tag: [UInt8] = []
        Tag(run: run, room: 0, sender: 0, instance: 0, n: 0, digest: 0).append(to: &tag)
        self.needle = Array(tag[..<9])
    }

    /// Takes what came next.
    ///
    /// - Parameters:
    ///   - bytes: in the order of the stream.
    ///   - found: called for each tag of the run that ended in it, and whether its message calls itself chatter.
    mutating func take(_ bytes: some Collection<UInt8>, _ found: (Tag, Bool) -> Void) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch self.state {
            case .start:
                self.pending.append(rest.removeFirst())
                guard self.pending.count == 4 else { continue }
                if Self.methods.contains(self.pending) { self.state = .head } else { self.becomePlain() }
            case .head:
                self.pending.append(rest.removeFirst())
                guard self.pending.suffix(4) == [13, 10, 13, 10] else { continue }
                let isWebSocket = String(decoding: self.pending, as: UTF8.self).lowercased()
                    .contains("upgrade: websocket")
                self.pending = []
                self.state = isWebSocket ? .header : .plain
            case .plain:
                self.text.append(contentsOf: rest)
                rest = rest[rest.endIndex...]
            case .header:
                self.pending.append(rest.removeFirst())
                self.beginPayload()
            case .payload(let left, let mask, let offset, let isData):
                let count = Swift.min(left, rest.count)
                if isData {
                    if mask.isEmpty {
                        self.text.append(contentsOf: rest.prefix(count))
                    } else {
                        for (place, byte) in rest.prefix(count).enumerated() {
                            self.text.append(byte ^ mask[(offset + place) & 3])
                        }
                    }
                }
                rest = rest.dropFirst(count)
                self.state =
                    left == count
                    ? .header : .payload(left: left - count, mask: mask, offset: offset + count, isData: isData)
            }
        }
        self.search(found)
    }

    private mutating func becomePlain() {
        self.state = .plain
        self.text = self.pending
        self.pending = []
    }

    /// Goes on to the payload when the header is whole (RFC 6455 §5.2).
    private mutating func beginPayload() {
        guard self.pending.count >= 2 else { return }
        let short = Int(self.pending[1] & 0x7F)
        let extended = short == 126 ? 2 : short == 127 ? 8 : 0
        let masked = self.pending[1] & 0x80 == 0 ? 0 : 4
        guard self.pending.count == 2 + extended + masked else { return }
        let length = extended == 0 ? short : self.pending[2..<2 + extended].reduce(0) { $0 << 8 | Int($1) }
        let isData = self.pending[0] & 0x08 == 0
        if length > 0 {
            self.state = .payload(left: length, mask: Array(self.pending.suffix(masked)), offset: 0, isData: isData)
        }
        self.pending = []
    }

    private mutating func search(_ found: (Tag, Bool) -> Void) {
        var from = self.searched
        while let at = self.find(from: from), at + Tag.length <= self.text.count {
            let tag = Tag.parse(self.text.span.bytes.extracting(at..<at + Tag.length))
            if let tag { found(tag, self.isChatter(before: at)) }
            from = tag == nil ? at + 1 : at + Tag.length
        }
        // A tag may have begun in the last bytes.
        self.searched = Swift.max(from, self.text.count - Tag.length + 1)
        let passed = self.searched - Self.reach
        guard passed > 16 * Self.reach else { return }
        self.text.removeFirst(passed)
        self.searched -= passed
    }

    /// Where the run's digits begin next.
    private func find(from: Int) -> Int? {
        let needle = self.needle.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        return self.text.withUnsafeBytes { all -> Int? in
            var at = from
            while at + 9 <= all.count {
                if all.loadUnaligned(fromByteOffset: at, as: UInt64.self) == needle, all[at + 8] == self.needle[8] {
                    return at
                }
                at += 1
            }
            return nil
        }
    }

    /// Whether the last `type` before a tag says chatter.
    private func isChatter(before tag: Int) -> Bool {
        let before = self.text[Swift.max(0, tag - Self.reach)..<tag]
        let word = Array("type".utf8)
        guard let key = before.lastRange(of: word) else { return false }
        let value = before[key.upperBound...].drop { !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        return value.starts(with: "chatter".utf8)
    }
}

extension ArraySlice<UInt8> {
    /// Where some bytes occur last.
    fileprivate func lastRange(of bytes: [UInt8]) -> Range<Int>? {
        var at = self.endIndex - bytes.count
        while at >= self.startIndex {
            if self[at..<at + bytes.count].elementsEqual(bytes) { return at..<at + bytes.count }
            at -= 1
        }
        return nil
    }
}
