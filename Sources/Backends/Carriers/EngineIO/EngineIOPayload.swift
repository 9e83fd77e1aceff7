import NIOCore

/// The body of a long-polling request or answer: several packets in a row.
///
/// Revision 4 separates them by U+001E. Revision 3 puts before each its length in UTF-16 code units and a colon, or, in its
/// binary form, a 0 for text, the digits of its length in bytes, one a byte, and 255.
/// Revision 2 has the same two forms.
///
/// Clients of Socket.IO 1.x encode text as UTF-8 twice in the counted form, and once in the binary form; those of 2.x
/// always once. Which of them a client is, only its first text that is not ASCII tells.
/// Source: https://github.com/socketio/engine.io-protocol, section "Payload encoding", for revision 3 its branch `v3`;
/// `lib/index.js` of socketio/engine.io-parser, where the argument `utf8encode` is true in 1.x.
enum EngineIOPayload {
    private static let separator: UInt8 = 0x1E
    /// Packets that one payload may hold.
    static let maxPackets = 10_000

    /// Writes a payload of text packets.
    ///
    /// - Parameters:
    ///   - packets: what it holds.
    ///   - version: the revision of the connection.
    ///   - isBinary: whether revisions 2 and 3 have their binary form.
    /// - Returns: the whole body.
    static func encode(
        _ packets: some Collection<ByteBuffer>, _ version: EngineIOPlan.Version, isBinary: Bool = false
    ) -> ByteBuffer {
        var out = ByteBuffer()
        for (index, packet) in packets.enumerated() {
            switch version {
            case .v4: if index > 0 { out.writeInteger(self.separator) }
            case .v2 where isBinary, .v3 where isBinary:
                out.writeInteger(0 as UInt8)
                out.writeBytes(String(packet.readableBytes).utf8.map { $0 - 0x30 })
                out.writeInteger(255 as UInt8)
            case .v2, .v3: out.writeString("\(self.units(packet)):")
            }
            out.writeImmutableBuffer(packet)
        }
        return out
    }

    /// The packet with every character that is not ASCII written as JSON's escape (RFC 8259 §7).
    ///
    /// Then it does not matter how often the other end decodes UTF-8, nor how it counts lengths. Of a message, whatever is
    /// not ASCII stands in a string of JSON; another packet stays as it is.
    static func escaped(_ packet: ByteBuffer) -> ByteBuffer {
        let view = packet.readableBytesView
        guard view.first == EngineIOPacketType.message.rawValue, view.contains(where: { $0 >= 0x80 }) else {
            return packet
        }
        var out = ByteBufferAllocator().buffer(capacity: packet.readableBytes * 2)
        for unit in String(buffer: packet).utf16 {
            if unit < 0x80 {
                out.writeInteger(UInt8(truncatingIfNeeded: unit))
            } else {
                let digits = String(unit, radix: 16)
                out.writeString("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            }
        }
        return out
    }

    /// The packets of a text payload with one of two encodings taken off; nil when text was encoded once.
    ///
    /// Text that was encoded twice has no character above U+00FF, and these, as bytes, are UTF-8.
    static func decodedAgain(_ packets: [ByteBuffer]) -> [ByteBuffer]? {
        var all: [ByteBuffer] = []
        for packet in packets {
            var bytes = ByteBufferAllocator().buffer(capacity: packet.readableBytes)
            for scalar in String(buffer: packet).unicodeScalars {
                guard let byte = UInt8(exactly: scalar.value) else { return nil }
                bytes.writeInteger(byte)
            }
            guard bytes.withUnsafeReadableBytes({ UTF8Validator.isValid($0) }) else { return nil }
            all.append(bytes)
        }
        return all
    }

    /// Reads a payload.
    ///
    /// - Parameters:
    ///   - payload: the whole body.
    ///   - version: the revision of the connection.
    /// - Returns: its packets in order; each shares the payload's storage.
    /// - Throws: ``EngineIOError`` for anything else, and for binary packets, which nothing here carries.
    static func decode(
        _ payload: ByteBuffer, _ version: EngineIOPlan.Version
    ) throws(EngineIOError) -> [ByteBuffer] {
        let isText = payload.withUnsafeReadableBytes { UTF8Validator.isValid($0) }
        switch version {
        case .v4:
            guard isText else { throw EngineIOError("a payload that is not UTF-8") }
            return try self.separated(payload)
        case .v2, .v3:
            guard let first = payload.getInteger(at: payload.readerIndex, as: UInt8.self) else { return [] }
            if first <= 1 { return try self.binary(payload) }
            guard isText else { throw EngineIOError("a payload that is not UTF-8") }
            return try self.counted(payload)
        }
    }

    private static func separated(_ payload: ByteBuffer) throws(EngineIOError) -> [ByteBuffer] {
        var packets: [ByteBuffer] = []
        var start = payload.readerIndex
        let view = payload.readableBytesView
        while start <= payload.writerIndex {
            let end = view[start...].firstIndex(of: self.separator) ?? payload.writerIndex
            guard end > start, let packet = payload.getSlice(at: start, length: end - start) else {
                throw EngineIOError("an empty packet")
            }
            guard view[start] != UInt8(ascii: "b") else { throw EngineIOError("a binary packet, which is not carried") }
            packets.append(packet)
            guard packets.count <= self.maxPackets else { throw EngineIOError("too many packets at once") }
            if end == payload.writerIndex { break }
            start = end + 1
        }
        return packets
    }

    /// `<length>:<packet>`, again and again.
    private static func counted(_ payload: ByteBuffer) throws(EngineIOError) -> [ByteBuffer] {
        var packets: [ByteBuffer] = []
        let view = payload.readableBytesView
        var at = payload.readerIndex
        while at < payload.writerIndex {
            var length = 0
            var digits = 0
            while at < payload.writerIndex, view[at] != UInt8(ascii: ":") {
                guard (0x30...0x39).contains(view[at]), digits < 9 else { throw EngineIOError("a bad packet length") }
                length = length * 10 + Int(view[at] - 0x30)
                digits += 1
                at += 1
            }
            guard digits > 0, at < payload.writerIndex else { throw EngineIOError("a bad packet length") }
            at += 1
            let start = at
            var units = 0
            while units < length, at < payload.writerIndex {
                let size = self.size(view[at])
                units += size == 4 ? 2 : 1
                at += size
            }
            guard units == length, length > 0, at <= payload.writerIndex,
                let packet = payload.getSlice(at: start, length: at - start)
            else { throw EngineIOError("a packet of another length than it says") }
            guard view[start] != UInt8(ascii: "b") else { throw EngineIOError("a binary packet, which is not carried") }
            packets.append(packet)
            guard packets.count <= self.maxPackets else { throw EngineIOError("too many packets at once") }
        }
        return packets
    }

    private static func binary(_ payload: ByteBuffer) throws(EngineIOError) -> [ByteBuffer] {
        var packets: [ByteBuffer] = []
        var rest = payload
        while let kind = rest.readInteger(as: UInt8.self) {
            guard kind == 0 else { throw EngineIOError("a binary packet, which is not carried") }
            var length = 0
            var digits = 0
            while let digit = rest.readInteger(as: UInt8.self), digit != 255 {
                guard digit < 10, digits < 9 else { throw EngineIOError("a bad packet length") }
                length = length * 10 + Int(digit)
                digits += 1
            }
            guard digits > 0, length > 0, let packet = rest.readSlice(length: length) else {
                throw EngineIOError("a packet of another length than it says")
            }
            guard packet.withUnsafeReadableBytes({ UTF8Validator.isValid($0) }) else {
                throw EngineIOError("a packet that is not UTF-8")
            }
            packets.append(packet)
            guard packets.count <= self.maxPackets else { throw EngineIOError("too many packets at once") }
        }
        return packets
    }

    /// UTF-16 code units of UTF-8 text.
    private static func units(_ text: ByteBuffer) -> Int {
        text.readableBytesView.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : $1 >= 0xF0 ? 2 : 1) }
    }

    /// Bytes of the character that begins with this one.
    private static func size(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4 }
}
