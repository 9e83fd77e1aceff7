package import NIOCore

/// What a dialect asks of the program that carries it.
package struct PipePlan: Equatable, Sendable {
    /// A command for the shell.
    package var command: String
    /// Agents that share one process; 0 for all of an event loop.
    package var agentsPerProcess: Int
    /// The greatest line accepted from the program, in bytes.
    package var maxLineBytes: Int

    package init(command: String, agentsPerProcess: Int = 0, maxLineBytes: Int = 4 << 20) {
        self.command = command
        self.agentsPerProcess = agentsPerProcess
        self.maxLineBytes = maxLineBytes
    }
}

/// A program that speaks over its standard input and output; confined to an event loop.
package protocol ChildProgram: AnyObject {
    /// Opens a channel over the program's standard input and output.
    ///
    /// - Parameters:
    ///   - handler: the channel's only handler.
    ///   - loop: where the program is confined to.
    /// - Returns: when the channel is open.
    func open(_ handler: any PipeHandler, on loop: any EventLoop) -> EventLoopFuture<Void>

    /// The last lines that it wrote to its standard error.
    var lastWords: [String] { get }

    /// How it ended, in words; nil while it runs or while its standard error is not read to the end.
    func ending() -> String?

    /// Kills it if it still runs, takes its exit status, and says how it ended.
    func kill() -> String
}

/// Reads and writes the bytes of a child process.
package protocol PipeHandler: ChannelInboundHandler where InboundIn == ByteBuffer, OutboundOut == ByteBuffer {}
