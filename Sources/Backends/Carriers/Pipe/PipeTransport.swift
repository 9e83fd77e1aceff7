import NIOCore

/// One agent's share of a child process: its lines, with the agent's number put in front of what it says.
final class PipeTransport: Transport {
    let connection: Connection
    let agent: Int
    private let prefix: [UInt8]
    private weak var process: PipeProcess?
    private var saidClose = false
    private var isReading = true
    private var unread: [ByteBuffer] = []
    private var unreadBytes = 0

    /// Bytes that may wait for a connection that does not read.
    private static let unreadBound = 4 << 20
    private static let close = Array(#"{"op":"close""#.utf8)

    init(_ connection: Connection, agent: Int, process: PipeProcess) {
        self.connection = connection
        self.agent = agent
        self.process = process
        self.prefix = Array(#"{"agent":\#(agent),"#.utf8)
    }

    func write(_ outbox: inout Outbox) {
        guard var bytes = outbox.takeWire(), let process else { return }
        var lines = process.buffer(capacity: bytes.readableBytes + self.prefix.count)
        while let length = bytes.lineLength(), var line = bytes.readSlice(length: length + 1) {
            if line.readableBytesView.starts(with: Self.close) { self.saidClose = true }
            // Anything else is not of the dialect: bytes that a test puts on the wire.
            if line.readableBytesView.first == UInt8(ascii: "{") {
                line.moveReaderIndex(forwardBy: 1)
                lines.writeBytes(self.prefix)
            }
            lines.writeImmutableBuffer(line)
        }
        lines.writeImmutableBuffer(bytes)
        process.write(lines)
    }

    func flush() { self.process?.flush() }

    func close() { self.end(#""op":"close"}"#) }

    func reset() { self.end(#""op":"close","abrupt":true}"#) }

    private func end(_ line: String) {
        guard let process = self.process.take() else { return }
        if !self.saidClose {
            var bytes = process.buffer(capacity: 64)
            bytes.writeBytes(self.prefix)
            bytes.writeString(line + "\n")
            process.write(bytes)
            process.flush()
        }
        process.remove(self)
        self.connection.ended(.requested)
    }

    func setReading(_ isReading: Bool) {
        self.isReading = isReading
        guard isReading, !self.unread.isEmpty else { return }
        let loop = self.connection.home.loop
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.drain() }
    }

    private func drain() {
        guard self.isReading else { return }
        let lines = self.unread
        self.unread = []
        self.unreadBytes = 0
        for line in lines { self.received(line) }
        self.connection.endOfRead()
    }

    var pendingBytes: Int { self.process?.pendingBytes ?? 0 }

    // MARK: From the process

    func received(_ line: ByteBuffer) {
        guard self.process != nil else { return }
        guard self.isReading else {
            self.unreadBytes += line.readableBytes
            // A slice would keep the whole read.
            self.unread.append(ByteBuffer(bytes: line.readableBytesView))
            if self.unreadBytes > Self.unreadBound {
                self.lost(.transport("more than \(Self.unreadBound) bytes wait for an agent that does not read"))
            }
            return
        }
        // The line's end, which is no part of the message.
        self.connection.counters.bytesReceived += 1
        self.connection.received(message: line)
    }

    /// The process can serve it no more.
    func lost(_ reason: CloseReason) {
        guard let process = self.process.take() else { return }
        process.remove(self)
        self.connection.ended(reason)
    }
}

@available(*, unavailable)
extension PipeTransport: Sendable {}
