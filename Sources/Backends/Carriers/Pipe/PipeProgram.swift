import NIOCore
import NIOPosix

/// A child process on an event loop.
final class PipeProgram: ChildProgram {
    private let process: SpawnedProcess
    private let words = LastWords()
    private var ended: String?
    private var isOpen = false

    /// - Throws: ``DialError`` when it cannot be started.
    init(_ command: String) throws(DialError) { self.process = try SpawnedProcess(command) }

    func open(_ handler: any PipeHandler, on loop: any EventLoop) -> EventLoopFuture<Void> {
        self.isOpen = true
        let handler = NIOLoopBound<any ChannelHandler>(handler, eventLoop: loop)
        let words = NIOLoopBound<any ChannelHandler>(self.words, eventLoop: loop)
        let errors = NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(words.value) }
            }
            .takingOwnershipOfDescriptor(input: self.process.errors)
        let lines = NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
            }
            .takingOwnershipOfDescriptors(input: self.process.output, output: self.process.input)
        return errors.and(lines).map { _ in }
    }

    var lastWords: [String] { self.words.lines }

    func ending() -> String? {
        if let ended { return ended }
        guard self.words.isComplete || !self.isOpen else { return nil }
        self.ended = ChildProcesses.reap(self.process.pid, kills: false)
        return self.ended
    }

    func kill() -> String {
        if let ended { return ended }
        let ended = ChildProcesses.reap(self.process.pid, kills: true) ?? "no end"
        self.ended = ended
        return ended
    }

    deinit {
        if self.ended == nil { _ = ChildProcesses.reap(self.process.pid, kills: true) }
    }
}

/// Keeps the last lines of a stream of text.
private final class LastWords: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private static let count = 5
    private static let length = 300
    private(set) var isComplete = false
    private var finished: [String] = []
    private var current: [UInt8] = []

    var lines: [String] {
        let all = self.current.isEmpty ? self.finished : self.finished + [self.text]
        return Array(all.suffix(Self.count))
    }

    private var text: String { String(decoding: self.current, as: UTF8.self) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for byte in self.unwrapInboundIn(data).readableBytesView {
            if byte == UInt8(ascii: "\n") {
                if !self.current.isEmpty { self.finished.append(self.text) }
                self.current.removeAll(keepingCapacity: true)
                if self.finished.count > Self.count { self.finished.removeFirst() }
            } else if self.current.count < Self.length, byte >= 0x20 {
                self.current.append(byte)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { self.isComplete = true }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

@available(*, unavailable)
extension LastWords: Sendable {}
@available(*, unavailable)
extension PipeProgram: Sendable {}
