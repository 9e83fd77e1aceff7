package import NIOCore

/// RFC 6455 framing as a value: bytes in, messages out, for either end.
///
/// It puts fragments together, takes masks off, lets control frames through between fragments, and holds the other end to
/// the standard: mask direction, reserved bits and opcodes, shortest lengths, control frame rules, close codes, a limit
/// on the message. A frame over the limit is refused as soon as its header declares it, before any of it is kept.
///
/// What a client receives is a slice of the bytes it was given: nothing is copied or allocated for a frame. What a server
/// receives is masked, and unmasking copies it into a buffer of its own, with room in front for the header of the frame
/// that passes it on (``makeServerFrame(_:_:)``), so that a broadcast is framed without another copy.
package struct WebSocketFraming: Sendable {
    /// Which end this is.
    package enum Role: UInt8, Sendable {
        case client
        case server
    }

    package let role: Role
    /// The greatest message accepted, in bytes.
    package let maxMessageBytes: Int
    /// The only kind of data frame that may come; nil for either.
    private let dataKind: WebSocketOpcode?

    /// The fragments of an unfinished message so far; the first one's opcode tells the kind.
    private var partial: ByteBuffer?
    private var partialOpcode = WebSocketOpcode.text
    private var fragments: UInt32 = 0
    private var text = UTF8Validator()
    /// Whether a close frame came: what follows it is not read (RFC 6455 §5.5.1).
    package private(set) var isClosed = false

    /// Bytes kept free in front of a server's message.
    static let headroom = 10
    /// More fragments than a message of a sane peer has.
    private static let maxFragments: UInt32 = 1 << 17

    package init(role: Role, maxMessageBytes: Int = 16 << 20, dataKind: WebSocketOpcode? = nil) {
        self.role = role
        self.maxMessageBytes = maxMessageBytes
        self.dataKind = dataKind
    }

    /// Takes the next whole message or control frame off the front of `bytes`.
    ///
    /// - Returns: nil when more bytes are needed; what it did not use stays in `bytes`.
    /// - Throws: ``WebSocketError`` when the other end broke the standard; nothing more can be read then.
    package mutating func next(_ bytes: inout ByteBuffer) throws(WebSocketError) -> WebSocketMessage? {
        while true {
            if self.isClosed {
                bytes.moveReaderIndex(to: bytes.writerIndex)
                return nil
            }
            guard let header = try self.header(of: bytes) else { return nil }
            guard bytes.readableBytes >= header.size + header.length else { return nil }
            bytes.moveReaderIndex(forwardBy: header.size)
            if header.opcode.isControl { return try self.control(header, &bytes) }
            if header.isFinal, self.partial == nil {
                let payload = self.take(header, &bytes)
                if header.opcode == .text, !Self.isText(payload) { throw WebSocketError(.invalidUTF8) }
                return WebSocketMessage(opcode: header.opcode, payload: payload)
            }
            if let message = try self.fragment(header, &bytes) { return message }
        }
    }

    /// Reads and checks the header at the front, against the standard, the role and what came before.
    @inline(__always)
    private func header(of bytes: ByteBuffer) throws(WebSocketError) -> WebSocketFrameHeader? {
        let result = bytes.withUnsafeReadableBytes { bytes -> Result<WebSocketFrameHeader?, WebSocketError> in
            do throws(WebSocketError) {
                return .success(try WebSocketFrameHeader.read(bytes))
            } catch {
                return .failure(error)
            }
        }
        guard let header = try result.get() else { return nil }
        switch self.role {
        case .client: if header.mask != nil { throw WebSocketError(.masked) }
        case .server: if header.mask == nil { throw WebSocketError(.unmasked) }
        }
        guard !header.opcode.isControl else { return header }
        if header.opcode == .continuation {
            guard self.partial != nil else { throw WebSocketError(.strayContinuation) }
        } else {
            guard self.partial == nil else { throw WebSocketError(.unfinishedMessage) }
            if let dataKind, header.opcode != dataKind {
                throw WebSocketError(dataKind == .text ? .binaryData : .textData)
            }
        }
        guard header.length <= self.maxMessageBytes - (self.partial?.readableBytes ?? 0),
            self.fragments < Self.maxFragments
        else { throw WebSocketError(.tooBig) }
        return header
    }

    /// Takes the payload of a frame: a slice, or an unmasked copy with headroom.
    @inline(__always)
    private func take(_ header: WebSocketFrameHeader, _ bytes: inout ByteBuffer) -> ByteBuffer {
        guard let mask = header.mask else { return bytes.readSlice(length: header.length) ?? ByteBuffer() }
        var copy = Self.emptyMessage(capacity: header.length)
        Self.unmask(header.length, mask, from: &bytes, to: &copy)
        return copy
    }

    /// An empty buffer with room in front for a header.
    private static func emptyMessage(capacity: Int) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: Self.headroom + capacity)
        buffer.moveWriterIndex(to: Self.headroom)
        buffer.moveReaderIndex(to: Self.headroom)
        return buffer
    }

    private static func unmask(_ length: Int, _ mask: UInt32, from bytes: inout ByteBuffer, to target: inout ByteBuffer)
    {
        bytes.readWithUnsafeReadableBytes { source in
            let payload = UnsafeRawBufferPointer(rebasing: source[..<length])
            target.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { free in
                WebSocketMask.copy(payload, to: free, key: mask)
                return length
            }
            return length
        }
    }

    /// Adds a fragment to the message in the making (RFC 6455 §5.4).
    private mutating func fragment(
        _ header: WebSocketFrameHeader, _ bytes: inout ByteBuffer
    ) throws(WebSocketError) -> WebSocketMessage? {
        if self.partial == nil {
            self.partialOpcode = header.opcode
            self.text = UTF8Validator()
        }
        // Taken, not copied, so that its storage stays unshared and grows in place.
        var whole = self.partial.take() ?? Self.emptyMessage(capacity: header.length)
        let start = whole.writerIndex
        if let mask = header.mask {
            Self.unmask(header.length, mask, from: &bytes, to: &whole)
        } else if var payload = bytes.readSlice(length: header.length) {
            whole.writeBuffer(&payload)
        }
        self.fragments += 1
        if self.partialOpcode == .text {
            let isText = whole.withUnsafeReadableBytes { all in
                self.text.consume(UnsafeRawBufferPointer(rebasing: all[(start - whole.readerIndex)...]))
            }
            guard isText, self.text.isComplete || !header.isFinal else { throw WebSocketError(.invalidUTF8) }
        }
        guard header.isFinal else {
            self.partial = whole
            return nil
        }
        self.fragments = 0
        return WebSocketMessage(opcode: self.partialOpcode, payload: whole)
    }

    /// Takes a control frame (RFC 6455 §5.5).
    private mutating func control(
        _ header: WebSocketFrameHeader, _ bytes: inout ByteBuffer
    ) throws(WebSocketError) -> WebSocketMessage {
        let message = WebSocketMessage(opcode: header.opcode, payload: self.take(header, &bytes))
        guard header.opcode == .close else { return message }
        self.isClosed = true
        self.partial = nil
        if header.length == 1 { throw WebSocketError(.badClose) }
        if header.length >= 2 {
            guard Self.maySend(message.close.code) else { throw WebSocketError(.badClose) }
            var reason = message.payload
            reason.moveReaderIndex(forwardBy: 2)
            guard Self.isText(reason) else { throw WebSocketError(.invalidUTF8) }
        }
        return message
    }

    /// Whether a close frame may carry this code (RFC 6455 §7.4, and the IANA registry's 1012 to 1014).
    private static func maySend(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    private static func isText(_ buffer: ByteBuffer) -> Bool {
        buffer.withUnsafeReadableBytes { UTF8Validator.isValid($0) }
    }
}
