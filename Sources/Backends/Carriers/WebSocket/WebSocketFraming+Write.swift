package import NIOCore

extension WebSocketFraming {
    /// Appends an unfragmented frame.
    ///
    /// - Parameters:
    ///   - opcode: what the frame means.
    ///   - payload: its content, unmasked.
    ///   - mask: the masking key, which every client frame has and no server frame (RFC 6455 §5.1).
    ///   - isFinal: whether the message ends with it.
    ///   - out: where it goes.
    package static func frame(
        _ opcode: WebSocketOpcode,
        payload: ByteBuffer,
        mask: UInt32? = nil,
        isFinal: Bool = true,
        into out: inout ByteBuffer
    ) {
        self.frame(opcode, length: payload.readableBytes, mask: mask, isFinal: isFinal, into: &out) { out in
            _ = out.writeImmutableBuffer(payload)
        }
    }

    /// Appends an unfragmented frame whose content is written in place.
    ///
    /// - Parameters:
    ///   - opcode: what the frame means.
    ///   - length: the size of the content in bytes.
    ///   - mask: the masking key, which every client frame has and no server frame (RFC 6455 §5.1).
    ///   - isFinal: whether the message ends with it.
    ///   - out: where it goes.
    ///   - body: writes exactly `length` bytes to its argument.
    package static func frame(
        _ opcode: WebSocketOpcode,
        length: Int,
        mask: UInt32? = nil,
        isFinal: Bool = true,
        into out: inout ByteBuffer,
        _ body: (inout ByteBuffer) -> Void
    ) {
        out.writeWithUnsafeMutableBytes(minimumWritableBytes: WebSocketFrameHeader.maxSize + length) { free in
            WebSocketFrameHeader.write(opcode, length: length, mask: mask, isFinal: isFinal, to: free)
        }
        let start = out.writerIndex
        body(&out)
        precondition(out.writerIndex - start == length, "a frame of \(length) bytes was filled with another amount")
        guard let mask else { return }
        out.withUnsafeMutableReadableBytes { all in
            WebSocketMask.apply(mask, to: UnsafeMutableRawBufferPointer(rebasing: all.suffix(length)))
        }
    }

    /// Turns the payload of a message into the frame that passes it on, in place.
    ///
    /// The frame is a server's: unmasked and unfragmented. A message that a server took off the wire has room in front
    /// for the header, and nothing is copied.
    ///
    /// - Parameters:
    ///   - opcode: what the frame means.
    ///   - message: the payload, and afterwards the frame around it.
    package static func makeServerFrame(_ opcode: WebSocketOpcode, _ message: inout ByteBuffer) {
        let length = message.readableBytes
        let size = WebSocketFrameHeader.size(length: length, isMasked: false)
        guard message.readerIndex >= size else {
            var copy = ByteBufferAllocator().buffer(capacity: WebSocketFrameHeader.maxSize + length)
            self.frame(opcode, payload: message, into: &copy)
            message = copy
            return
        }
        message.moveReaderIndex(to: message.readerIndex - size)
        message.withUnsafeMutableReadableBytes { bytes in
            _ = WebSocketFrameHeader.write(opcode, length: length, mask: nil, to: bytes)
        }
    }

    /// Content of a close frame (RFC 6455 §5.5.1); a reason that is too long is cut between characters, and without a code
    /// there is none.
    package static func closePayload(code: UInt16?, reason: String) -> ByteBuffer {
        guard let code else { return ByteBuffer() }
        var payload = ByteBufferAllocator().buffer(capacity: 125)
        payload.writeInteger(code)
        for character in reason.unicodeScalars {
            let bytes = UTF8.encode(character).map(Array.init) ?? []
            guard payload.readableBytes + bytes.count <= 125 else { break }
            payload.writeBytes(bytes)
        }
        return payload
    }
}
