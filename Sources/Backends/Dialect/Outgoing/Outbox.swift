package import NIOCore
import Signaling

/// What a dialect wants to say, framed and in order; each connection has its own.
///
/// A dialect appends frames; the connection then takes the bytes with ``takeWire()``, writes them to the agent's socket, and
/// closes it if ``takeClose()`` says so. Nothing is ever reordered.
package struct Outbox: Sendable {
    /// Framed bytes that wait for their owner.
    private var wire = ByteBuffer()
    /// Whether the bytes in `wire` were handed over, so that the next frame begins a buffer.
    private var isTaken = true
    private var close: CloseReason?
    /// Whether a close frame was appended: nothing may follow it (RFC 6455 §5.5.1).
    private(set) var saidClose = false
    /// Where masking keys come from: they must not be guessable by what sits between (RFC 6455 §10.3), which on a test
    /// bench is nobody.
    private var keys: SplitMix64
    /// Whether WebSocket frames are to lie around the bytes of a stream.
    private let wrapsBytes: Bool
    /// Whether the transport takes whole messages, so that each ends where `ends` says and no frame lies around it.
    private let isMessages: Bool
    /// Where in `wire` the messages end that wait for their owner.
    private var ends: [Int] = []

    /// An empty outbox.
    ///
    /// - Parameters:
    ///   - seed: of the masking keys.
    ///   - framing: of the carrier that the bytes will travel by.
    package init(seed: UInt64, framing: CarrierFraming = .webSocketMessages) {
        self.keys = SplitMix64(seed: seed)
        self.wrapsBytes = framing.isWebSocket
        self.isMessages = framing == .messages
    }

    /// Appends bytes of a protocol that has its own framing: as they are on a stream, in one binary frame on a WebSocket.
    ///
    /// - Parameters:
    ///   - length: how many there are.
    ///   - body: writes exactly `length` bytes to its argument.
    package mutating func bytes(_ length: Int, _ body: (inout ByteBuffer) -> Void) {
        if self.wrapsBytes {
            self.frame(.binary, length: length, body)
        } else {
            self.begin(room: length)
            body(&self.wire)
            if self.isMessages { self.ends.append(self.wire.writerIndex) }
        }
    }

    /// Appends a client's WebSocket frame of known size.
    ///
    /// - Parameters:
    ///   - opcode: what the frame means.
    ///   - length: the size of the content in bytes.
    ///   - body: writes exactly `length` bytes to its argument.
    package mutating func frame(_ opcode: WebSocketOpcode, length: Int, _ body: (inout ByteBuffer) -> Void) {
        self.begin(room: length + WebSocketFrameHeader.maxSize)
        if self.isMessages { return self.message(opcode, body) }
        let key = UInt32(truncatingIfNeeded: self.keys.next())
        WebSocketFraming.frame(opcode, length: length, mask: key, into: &self.wire, body)
    }

    /// Appends a whole message without a frame; a goodbye is Engine.IO's, and pings and pongs are not of the transport.
    @inline(never)
    private mutating func message(_ opcode: WebSocketOpcode, _ body: (inout ByteBuffer) -> Void) {
        switch opcode {
        case .text, .binary, .continuation: body(&self.wire)
        case .close: self.wire.writeInteger(EngineIOPacketType.close.rawValue)
        case .ping, .pong: return
        }
        self.ends.append(self.wire.writerIndex)
    }

    /// Appends a client's text frame.
    package mutating func text(_ text: String) {
        self.frame(.text, length: text.utf8.count) { _ = $0.writeString(text) }
    }

    /// Appends a client's text frame of bytes that are UTF-8.
    package mutating func text(_ bytes: [UInt8]) {
        self.frame(.text, length: bytes.count) { _ = $0.writeBytes(bytes) }
    }

    /// Answers a ping with its own payload (RFC 6455 §5.5.3).
    package mutating func pong(_ payload: ByteBuffer) {
        self.frame(.pong, length: payload.readableBytes) { _ = $0.writeImmutableBuffer(payload) }
    }

    /// Appends a close frame; the other end then answers and closes the stream (RFC 6455 §7.1.1).
    ///
    /// - Parameters:
    ///   - code: why; nil for a frame that does not say (§5.5.1).
    ///   - reason: text for people.
    package mutating func closeFrame(code: UInt16?, reason: String = "") {
        guard !self.saidClose else { return }
        self.saidClose = true
        let payload = WebSocketFraming.closePayload(code: code, reason: reason)
        self.frame(.close, length: payload.readableBytes) { _ = $0.writeImmutableBuffer(payload) }
    }

    /// Appends bytes as they are, below any framing.
    mutating func raw(_ bytes: ByteBuffer) {
        self.begin(room: bytes.readableBytes)
        self.wire.writeImmutableBuffer(bytes)
        if self.isMessages { self.ends.append(self.wire.writerIndex) }
    }

    /// Whether the owner has nothing to do.
    @inline(__always)
    var isEmpty: Bool { self.isTaken && self.close == nil }

    /// Bytes that wait for the owner.
    var count: Int { self.isTaken ? 0 : self.wire.readableBytes }

    /// Asks the owner to close the connection once everything before is on its way.
    package mutating func close(_ reason: CloseReason) {
        if self.close == nil { self.close = reason }
    }

    /// Hands over what was appended; nil when there is nothing.
    ///
    /// The bytes share their storage with the outbox only until something is appended again.
    package mutating func takeWire() -> ByteBuffer? {
        guard !self.isTaken, self.wire.readableBytes > 0 else { return nil }
        self.isTaken = true
        return self.wire
    }

    /// Hands over the messages that were appended, for a transport that takes whole ones.
    mutating func takeMessages() -> [ByteBuffer] {
        var messages: [ByteBuffer] = []
        var rest = self.takeWire() ?? ByteBuffer()
        for end in self.ends {
            if let message = rest.readSlice(length: end - rest.readerIndex) { messages.append(message) }
        }
        self.ends.removeAll(keepingCapacity: true)
        return messages
    }

    /// Hands over the wish to close; nil when there is none.
    package mutating func takeClose() -> CloseReason? { self.close.take() }

    private mutating func begin(room: Int) {
        guard self.isTaken else { return }
        self.isTaken = false
        // Reuses the storage when the socket is done with it, else allocates.
        self.wire.clear(minimumCapacity: room)
    }
}
