import NIOCore

/// The payload of a message to be published, in up to three pieces.
struct MQTTPayload {
    var head: [UInt8] = []
    var body: ByteBuffer
    var tail: [UInt8] = []

    var count: Int { self.head.count + self.body.readableBytes + self.tail.count }

    func write(into out: inout ByteBuffer) {
        if !self.head.isEmpty { out.writeBytes(self.head) }
        out.writeImmutableBuffer(self.body)
        if !self.tail.isEmpty { out.writeBytes(self.tail) }
    }
}
