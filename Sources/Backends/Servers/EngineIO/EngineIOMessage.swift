import NIOCore

/// A text on its way to sessions, encoded once for all of them.
///
/// A WebSocket gets the frame as it is, a poll the packet within it.
struct EngineIOMessage {
    /// An unmasked WebSocket frame.
    let frame: ByteBuffer
    /// The packet, sharing the frame's storage.
    let packet: ByteBuffer

    /// A `message` packet with that text.
    init(_ text: [UInt8]) {
        self.init(length: text.count) { _ = $0.writeBytes(text) }
    }

    /// A `message` packet whose text is written in place.
    init(length: Int, _ text: (inout ByteBuffer) -> Void) {
        self.init(packetLength: length + 1) { packet in
            packet.writeInteger(EngineIOPacketType.message.rawValue)
            text(&packet)
        }
    }

    /// Any packet.
    static func packet(_ text: String) -> EngineIOMessage {
        EngineIOMessage(packetLength: text.utf8.count) { $0.writeString(text) }
    }

    /// Any packet.
    static func packet(_ bytes: [UInt8]) -> EngineIOMessage {
        EngineIOMessage(packetLength: bytes.count) { $0.writeBytes(bytes) }
    }

    private init(packetLength: Int, _ body: (inout ByteBuffer) -> Void) {
        var frame = ByteBufferAllocator().buffer(capacity: WebSocketFrameHeader.maxSize + packetLength)
        WebSocketFraming.frame(.text, length: packetLength, into: &frame, body)
        self.frame = frame
        frame.moveReaderIndex(to: frame.writerIndex - packetLength)
        self.packet = frame
    }
}
