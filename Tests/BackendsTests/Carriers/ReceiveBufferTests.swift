import Backends
import NIOCore
import Testing

@Suite struct ReceiveBufferTests {
    @Test func `nothing is kept of a read that was used up`() {
        var received = ReceiveBuffer()
        var bytes = received.joined(with: ByteBuffer(string: "abc"))
        bytes.moveReaderIndex(to: bytes.writerIndex)
        received.keep(bytes)
        #expect(received.count == 0)
        #expect(received.joined(with: ByteBuffer(string: "d")) == ByteBuffer(string: "d"))
    }

    @Test func `what is kept stands in front of what comes, over many reads`() {
        var received = ReceiveBuffer()
        var expected = ""
        for i in 0..<100 {
            var bytes = received.joined(with: ByteBuffer(string: "<\(i)>"))
            expected += "<\(i)>"
            #expect(String(buffer: bytes) == expected)
            if i % 7 == 6 {
                bytes.moveReaderIndex(forwardBy: 5)
                expected.removeFirst(5)
            }
            received.keep(bytes)
            #expect(received.count == expected.utf8.count)
        }
    }

    @Test func `what is kept does not pin the read buffer`() {
        var received = ReceiveBuffer()
        let read = ByteBuffer(string: "0123456789")
        received.keep(received.joined(with: read))
        let kept = received.joined(with: ByteBuffer())
        let before = read.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(kept.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) } != before)
    }
}
