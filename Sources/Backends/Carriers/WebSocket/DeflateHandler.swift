import NIOCore

/// permessage-deflate (RFC 7692) below everything that knows of frames: compressed messages come up as plain frames, and
/// plain frames go down compressed.
final class DeflateHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var codec: DeflateFrames
    private var received = ByteBuffer()

    init(_ codec: DeflateFrames) { self.codec = codec }

    /// Bytes that the frames above have more than the wire had, since it was asked last.
    func takeInflated() -> Int {
        defer { self.inflated = 0 }
        return self.inflated
    }
    private var inflated = 0

    /// The same for what was sent.
    func takeDeflated() -> Int {
        defer { self.deflated = 0 }
        return self.deflated
    }
    private var deflated = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        let wire = bytes.readableBytes
        self.received.writeBuffer(&bytes)
        var plain = context.channel.allocator.buffer(capacity: wire * 2)
        do throws(WebSocketError) {
            try self.codec.inflate(&self.received, into: &plain)
        } catch {
            self.inflated -= wire
            context.fireErrorCaught(error)
            return
        }
        self.received.discardReadBytes()
        self.inflated += plain.readableBytes - wire
        guard plain.readableBytes > 0 else { return }
        context.fireChannelRead(self.wrapInboundOut(plain))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var plain = self.unwrapOutboundIn(data)
        let length = plain.readableBytes
        let wire = self.codec.deflate(&plain)
        self.deflated += length - wire.readableBytes
        context.write(self.wrapOutboundOut(wire), promise: promise)
    }
}

@available(*, unavailable)
extension DeflateHandler: Sendable {}

/// Frames of a client whose messages are compressed, and back, without a channel.
struct DeflateFrames {
    private let agreement: DeflateAgreement
    private let maxMessageBytes: Int
    private let inflater: Zlib.Codec
    /// Nil where messages go out as they are, which is always allowed (RFC 7692 §6).
    private let deflater: Zlib.Codec?
    /// The fragments of a compressed message so far.
    private var partial: (opcode: WebSocketOpcode, payload: ByteBuffer)?

    /// Nil where the library is not there.
    init?(_ agreement: DeflateAgreement, maxMessageBytes: Int) {
        guard let zlib = Zlib.shared, let inflater = Zlib.Codec(zlib, isDeflating: false, windowBits: 15) else {
            return nil
        }
        self.agreement = agreement
        self.maxMessageBytes = maxMessageBytes
        self.inflater = inflater
        // zlib has no raw window of 256 bytes.
        self.deflater =
            agreement.clientWindowBits > 8
            ? Zlib.Codec(zlib, isDeflating: true, windowBits: agreement.clientWindowBits) : nil
    }

    private static let compressed: UInt8 = 0x40
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

    /// Takes whole frames of a server and appends them with their messages inflated; other frames stay as they are.
    mutating func inflate(_ bytes: inout ByteBuffer, into plain: inout ByteBuffer) throws(WebSocketError) {
        while let (header, isCompressed) = try Self.header(of: bytes) {
            guard header.length <= self.maxMessageBytes else { throw WebSocketError(.tooBig) }
            let size = header.size + header.length
            guard bytes.readableBytes >= size else { return }
            guard self.partial != nil && !header.opcode.isControl || isCompressed else {
                if var frame = bytes.readSlice(length: size) { plain.writeBuffer(&frame) }
                continue
            }
            if header.mask != nil { throw WebSocketError(.masked) }
            if isCompressed, header.opcode.isControl || header.opcode == .continuation {
                throw WebSocketError(.reservedBits)
            }
            if !isCompressed, header.opcode != .continuation { throw WebSocketError(.unfinishedMessage) }
            if isCompressed, self.partial != nil { throw WebSocketError(.unfinishedMessage) }
            bytes.moveReaderIndex(forwardBy: header.size)
            var message = self.partial ?? (header.opcode, ByteBuffer())
            self.partial = nil
            guard message.payload.readableBytes + header.length <= self.maxMessageBytes else {
                throw WebSocketError(.tooBig)
            }
            if var piece = bytes.readSlice(length: header.length) { message.payload.writeBuffer(&piece) }
            if header.isFinal {
                try self.inflate(message.payload, message.opcode, into: &plain)
            } else {
                self.partial = message
            }
        }
    }

    private func inflate(
        _ payload: ByteBuffer, _ opcode: WebSocketOpcode, into plain: inout ByteBuffer
    ) throws(WebSocketError) {
        if self.agreement.serverResets { self.inflater.reset() }
        var payload = payload
        payload.writeBytes(Self.tail)
        var message = ByteBuffer()
        let outcome = payload.withUnsafeReadableBytes { input in
            self.inflater.run(input, limit: self.maxMessageBytes) { message.writeBytes($0) }
        }
        switch outcome {
        case .done: WebSocketFraming.frame(opcode, payload: message, into: &plain)
        case .malformed: throw WebSocketError(.badCompression)
        case .tooBig: throw WebSocketError(.tooBig)
        }
    }

    /// The frames of a client with their messages compressed; bytes that are no whole frame stay as they are.
    mutating func deflate(_ plain: inout ByteBuffer) -> ByteBuffer {
        guard let deflater else { return plain }
        var wire = ByteBuffer()
        wire.reserveCapacity(plain.readableBytes)
        while plain.readableBytes > 0 {
            guard let found = try? Self.header(of: plain), !found.isCompressed,
                plain.readableBytes >= found.header.size + found.header.length
            else {
                wire.writeBuffer(&plain)
                break
            }
            let header = found.header
            guard header.isFinal, header.opcode == .text || header.opcode == .binary, header.length > 0,
                let mask = header.mask
            else {
                if var frame = plain.readSlice(length: header.size + header.length) { wire.writeBuffer(&frame) }
                continue
            }
            plain.moveReaderIndex(forwardBy: header.size)
            guard var content = plain.readSlice(length: header.length) else { break }
            content.withUnsafeMutableReadableBytes { WebSocketMask.apply(mask, to: $0) }
            if self.agreement.clientResets { deflater.reset() }
            var payload = ByteBuffer()
            _ = content.withUnsafeReadableBytes { input in
                deflater.run(input, limit: .max) { payload.writeBytes($0) }
            }
            // What a flush ends with is left out (RFC 7692 §7.2.1).
            payload.moveWriterIndex(to: payload.writerIndex - Self.tail.count)
            let start = wire.writerIndex
            WebSocketFraming.frame(header.opcode, payload: payload, mask: mask, into: &wire)
            let first = wire.getInteger(at: start, as: UInt8.self) ?? 0
            wire.setInteger(first | Self.compressed, at: start)
        }
        return wire
    }

    /// Reads a header whose RSV1 may be set; the rest of the standard is held to as everywhere.
    private static func header(
        of bytes: ByteBuffer
    ) throws(WebSocketError) -> (header: WebSocketFrameHeader, isCompressed: Bool)? {
        let size = min(bytes.readableBytes, WebSocketFrameHeader.maxSize)
        guard let start = bytes.getBytes(at: bytes.readerIndex, length: size), let first = start.first else {
            return nil
        }
        var head = start
        head[0] = first & ~self.compressed
        let result = head.withUnsafeBytes { raw -> Result<WebSocketFrameHeader?, WebSocketError> in
            do throws(WebSocketError) { return .success(try WebSocketFrameHeader.read(raw)) } catch {
                return .failure(error)
            }
        }
        return try result.get().map { ($0, first & self.compressed != 0) }
    }
}
