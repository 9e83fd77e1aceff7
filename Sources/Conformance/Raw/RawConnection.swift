import Backends
import NIOCore

/// A TCP connection to a backend with nothing above it, for what no dialect would say.
///
/// Confined to the case's event loop.
final class RawConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var received: [UInt8] = []
    private(set) var isClosed = false
    /// Whether what is sought has come.
    private(set) var hasFound = false
    private var sought: [UInt8] = []
    private var context: ChannelHandlerContext?

    /// Bytes that are kept at most.
    private static let bound = 4 << 20

    /// Opens one.
    ///
    /// - Throws: whatever the network says.
    static func open(
        _ url: BackendURL, in network: any Network, on loop: any EventLoop
    ) async throws -> NIOLoopBound<RawConnection> {
        try await network.connect(host: url.host, port: url.port, timeout: .seconds(5), on: loop)
            .flatMapThrowing { channel in
                let connection = RawConnection()
                try channel.pipeline.syncOperations.addHandler(connection)
                return NIOLoopBound(connection, eventLoop: loop)
            }
            .get()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        if self.received.count < Self.bound { self.received.append(contentsOf: bytes.readableBytesView) }
        if !self.sought.isEmpty { self.seekOn() }
    }

    /// Forgets what came, and from now on looks for a text in a stream that may be too long to be kept.
    func seek(_ text: String) {
        self.received = []
        self.sought = Array(text.utf8)
        self.hasFound = false
    }

    private func seekOn() {
        if self.received.firstRange(of: self.sought) != nil { self.hasFound = true }
        // The text may be cut between two reads.
        self.received.removeFirst(max(0, self.received.count - self.sought.count + 1))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.isClosed = true
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func write(_ bytes: [UInt8]) {
        self.context?.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func write(_ text: String) { self.write(Array(text.utf8)) }

    func close() { self.context?.close(promise: nil) }

    func contains(_ text: String) -> Bool { self.received.firstRange(of: Array(text.utf8)) != nil }

    func clear() { self.received = [] }
}

@available(*, unavailable)
extension RawConnection: Sendable {}

/// WebSocket frames written by hand (RFC 6455 §5.2), right or wrong.
enum RawWebSocket {
    /// The request that opens a WebSocket at a path.
    static func upgrade(_ url: BackendURL, path: String, subprotocol: String?, origin: String? = nil) -> String {
        var lines = [
            "GET \(path) HTTP/1.1", "Host: \(url.authority)", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        ]
        if let subprotocol { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
        if let origin { lines.append("Origin: \(origin)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// One frame.
    ///
    /// - Parameters:
    ///   - first: the first byte: FIN, RSV bits and opcode.
    ///   - payload: the content.
    ///   - isMasked: whether it is masked, as a client's must be; the key is all zeros.
    ///   - declared: the length that the header gives instead of the content's own.
    /// - Returns: its bytes.
    static func frame(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = true, declared: UInt64? = nil) -> [UInt8] {
        let length = declared ?? UInt64(payload.count)
        let mask: UInt8 = isMasked ? 0x80 : 0
        var bytes = [first]
        if length < 126 {
            bytes.append(mask | UInt8(length))
        } else if length < 65_536 {
            bytes += [mask | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        } else {
            bytes.append(mask | 127)
            bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> UInt64($0 * 8)) }
        }
        if isMasked { bytes += [0, 0, 0, 0] }
        return bytes + payload
    }

    static func text(_ text: String) -> [UInt8] { self.frame(0x81, Array(text.utf8)) }
    static func binary(_ bytes: [UInt8]) -> [UInt8] { self.frame(0x82, bytes) }

    /// A server's frame at the beginning of some bytes: opcode, content and the whole frame's size.
    static func parse(_ bytes: ArraySlice<UInt8>) -> (opcode: UInt8, payload: ArraySlice<UInt8>, size: Int)? {
        let start = bytes.startIndex
        guard bytes.count >= 2 else { return nil }
        var length = Int(bytes[start + 1] & 0x7F)
        var header = 2
        if length == 126 {
            guard bytes.count >= 4 else { return nil }
            length = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
            header = 4
        } else if length == 127 {
            guard bytes.count >= 10 else { return nil }
            length = bytes[start + 2..<start + 10].reduce(0) { $0 << 8 | Int($1) }
            header = 10
        }
        guard length >= 0, bytes.count - header >= length else { return nil }
        return (bytes[start] & 0x0F, bytes[(start + header)..<(start + header + length)], header + length)
    }

    /// Every whole frame after the answer to the upgrade.
    static func frames(in received: [UInt8]) -> [(opcode: UInt8, payload: ArraySlice<UInt8>)] {
        guard let head = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return [] }
        var rest = received[head.upperBound...]
        var found: [(opcode: UInt8, payload: ArraySlice<UInt8>)] = []
        while let frame = self.parse(rest) {
            found.append((frame.opcode, frame.payload))
            rest = rest.dropFirst(frame.size)
        }
        return found
    }

    /// The code of the first close frame; nil when none came, 1005 when it has none (RFC 6455 §7.1.5).
    static func closeCode(in received: [UInt8]) -> Int? {
        guard let close = self.frames(in: received).first(where: { $0.opcode == 8 }) else { return nil }
        let payload = Array(close.payload)
        return payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : 1_005
    }
}
