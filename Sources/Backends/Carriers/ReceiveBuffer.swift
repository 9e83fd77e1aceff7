package import NIOCore

/// Keeps what one read of a socket left unfinished until the next one.
///
/// What is kept is a copy of its own: a slice would pin the channel's receive buffer and force a fresh one for every
/// read. While a long message gathers, its bytes are appended in place.
package struct ReceiveBuffer: Sendable {
    private var rest: ByteBuffer?
    /// Whether the buffer handed out last has storage of our own.
    private var isOwn = false

    package init() {}

    /// Everything unread so far: what was kept, and `incoming` behind it.
    package mutating func joined(with incoming: ByteBuffer) -> ByteBuffer {
        guard var all = self.rest.take() else {
            self.isOwn = false
            return incoming
        }
        self.isOwn = true
        all.writeImmutableBuffer(incoming)
        return all
    }

    /// Keeps what is unread of the buffer that ``joined(with:)`` handed out.
    package mutating func keep(_ bytes: consuming ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        if self.isOwn {
            if bytes.readerIndex > bytes.readableBytes { bytes.discardReadBytes() }
            self.rest = bytes
        } else {
            var copy = ByteBufferAllocator().buffer(capacity: bytes.readableBytes)
            copy.writeImmutableBuffer(bytes)
            self.rest = copy
        }
    }

    /// Bytes kept.
    package var count: Int { self.rest?.readableBytes ?? 0 }
}
