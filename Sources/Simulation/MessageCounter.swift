import NIOCore

/// Counts the messages of one way of a link: heads of HTTP and, after an upgrade, data frames of a WebSocket (RFC 6455).
///
/// Of what follows a head without an upgrade, each piece counts as one.
struct MessageCounter {
    private enum State {
        case head
        case pieces
        /// The bytes of a frame's header so far.
        case header([UInt8])
        case payload(left: Int, isData: Bool)
    }

    private var state = State.head
    private var head: [UInt8] = []

    /// Takes what passed.
    ///
    /// - Returns: how many messages ended in it.
    mutating func take(_ bytes: ByteBuffer) -> Int {
        var bytes = bytes
        var count = 0
        while bytes.readableBytes > 0 {
            switch self.state {
            case .pieces: return count + 1
            case .head:
                guard let byte = bytes.readInteger(as: UInt8.self) else { return count }
                self.head.append(byte)
                guard self.head.suffix(4) == [13, 10, 13, 10] else { continue }
                count += 1
                let text = String(decoding: self.head, as: UTF8.self).lowercased()
                self.state = text.contains("upgrade: websocket") ? .header([]) : .pieces
                self.head = []
            case .header(var header):
                guard let byte = bytes.readInteger(as: UInt8.self) else { return count }
                header.append(byte)
                self.state = Self.payload(after: header) ?? .header(header)
                if case .payload(left: 0, let isData) = self.state { count += self.ended(isData) }
            case .payload(let left, let isData):
                let part = min(left, bytes.readableBytes)
                bytes.moveReaderIndex(forwardBy: part)
                self.state = .payload(left: left - part, isData: isData)
                if part == left { count += self.ended(isData) }
            }
        }
        return count
    }

    private mutating func ended(_ isData: Bool) -> Int {
        self.state = .header([])
        return isData ? 1 : 0
    }

    private static func payload(after header: [UInt8]) -> State? {
        guard header.count >= 2 else { return nil }
        let short = Int(header[1] & 0x7F)
        let extended = short == 126 ? 2 : short == 127 ? 8 : 0
        guard header.count == 2 + extended + (header[1] & 0x80 == 0 ? 0 : 4) else { return nil }
        let length = extended == 0 ? short : header[2..<2 + extended].reduce(0) { $0 << 8 | Int($1) }
        return .payload(left: length, isData: header[0] & 0x08 == 0)
    }
}
