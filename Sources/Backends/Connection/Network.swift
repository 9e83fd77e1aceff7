package import NIOCore

/// Opens byte channels to a backend: sockets in a run, links in a simulation.
///
/// A channel is handed over in the turn of the loop in which it was connected, before it reads anything, so that its
/// handlers can be added without losing a byte.
package protocol Network: Sendable {
    /// Opens one byte channel.
    ///
    /// - Parameters:
    ///   - host: name or address.
    ///   - port: TCP port.
    ///   - timeout: how long the connect may take.
    ///   - loop: where the channel lives.
    /// - Returns: the connected channel, with an empty pipeline; a failure is whatever the network says, which
    ///   ``DialError/init(cause:url:)`` puts into words.
    func connect(
        host: String, port: Int, timeout: TimeAmount, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel>

    /// Starts a program that is spoken to over its standard input and output.
    ///
    /// - Parameter command: for the shell.
    /// - Returns: the program, which runs.
    /// - Throws: ``DialError`` when it cannot be started.
    func spawn(_ command: String) throws(DialError) -> any ChildProgram
}

extension Network {
    package func spawn(_ command: String) throws(DialError) -> any ChildProgram {
        throw DialError(code: .settings, message: "this network has no programs to start")
    }
}
