import NIOCore
import Signaling
import TestKit
import Testing

@testable import Backends

/// Packets of both versions against bytes written out by hand.
struct MQTTCodecTests {
    @Test(arguments: MQTTSample.all)
    func `a packet is written as the specification has it`(sample: MQTTSample) {
        let codec = MQTTCodec(sample.version, receiver: sample.receiver)
        #expect(Array(codec.encode(sample.packet).readableBytesView) == sample.bytes)
    }

    @Test(arguments: MQTTSample.all)
    func `a packet is read back however its bytes arrive`(sample: MQTTSample) throws {
        try CodecVerifier.verify(sample.bytes, expected: [sample.packet]) { chunks in
            var buffer = ByteBuffer(string: "#")
            buffer.moveReaderIndex(forwardBy: 1)
            let codec = MQTTCodec(sample.version, receiver: sample.receiver)
            var packets: [MQTTPacket] = []
            for chunk in chunks {
                buffer.writeBytes(chunk)
                while let packet = try codec.next(&buffer) { packets.append(packet) }
            }
            return packets
        }
    }

    /// Whatever is missing inside, the packet is malformed or a shorter form of the same type: never a crash, never one
    /// byte read beyond its end.
    @Test(arguments: MQTTSample.all)
    func `a packet whose length lies short is malformed or a shorter packet`(sample: MQTTSample) throws {
        guard sample.bytes.count < 120 else { return }
        for length in 0..<sample.bytes.count - 2 {
            var bytes = Array(sample.bytes.prefix(2 + length))
            bytes[1] = UInt8(length)
            var buffer = ByteBuffer(bytes: bytes + [0xC0, 0])
            let codec = MQTTCodec(sample.version, receiver: sample.receiver)
            do throws(MQTTError) {
                let packet = try codec.next(&buffer)
                #expect(packet?.type == sample.packet.type)
                #expect(buffer.readableBytes == 2)
            } catch {
                #expect([.malformedPacket, .protocolError].contains(error.reason), "\(error)")
            }
        }
    }

    @Test func `every packet type of both versions has a sample`() {
        for version in [MQTTVersion.v311, .v5] {
            let found = Set(MQTTSample.all.filter { $0.version == version }.map(\.packet.type))
            #expect(found == Set(MQTTPacketType.allCases.filter { $0 != .auth || version == .v5 }))
        }
    }

    @Test(arguments: [(0, [0]), (127, [0x7F]), (128, [0x80, 1]), (16_383, [0xFF, 0x7F]), (16_384, [0x80, 0x80, 1])])
    func `a remaining length takes its shortest form`(length: Int, bytes: [UInt8]) {
        var out = ByteBuffer()
        out.writeMQTTVarint(length)
        #expect(Array(out.readableBytesView) == bytes)
        #expect(ByteBuffer.mqttVarintSize(length) == bytes.count)
    }

    @Test func `a large packet asks for no more room than it says`() throws {
        let publish = MQTTPublish(topic: Array("t".utf8), payload: [UInt8](repeating: 1, count: 2_097_152))
        let codec = MQTTCodec(.v5)
        var bytes = codec.encode(.publish(publish))
        #expect(bytes.readableBytes == 1 + 4 + 3 + 1 + 2_097_152)
        let packet = try codec.next(&bytes)
        #expect(packet == .publish(publish))
    }
}
