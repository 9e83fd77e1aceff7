import Backends

/// What a user asks `serve` for.
package struct ServeRequest: Sendable {
    package var backend: String
    package var host = "127.0.0.1"
    package var port = 0
    package var echo = false
    /// A duration such as `20ms`.
    package var delay: String?
    package var path: String?
    package var loops = 1
    /// Bytes of the largest message.
    package var maxMessage: Int?
    /// Bytes that may wait for one slow member.
    package var memberQueue: Int?
    /// PEM files; both or neither.
    package var certificate: String?
    package var key: String?
    /// Whether the end of standard input ends the server, too.
    package var endsWithInput = false

    package init(backend: String) {
        self.backend = backend
    }

    /// The server's options.
    ///
    /// - Throws: `HarnessError` (unknown backend, bad flag).
    func options() throws(HarnessError) -> ServerOptions {
        guard let descriptor = BackendCatalogue.descriptor(for: self.backend) else {
            throw BackendChoice.flagError(BackendCatalogue.unknown(self.backend))
        }
        guard descriptor.embedded else {
            throw HarnessError(
                .badFlag, "\(self.backend) has no embedded server", cure: "start a server of its own kind instead")
        }
        try Self.check("--port", self.port, in: 0...65535)
        try Self.check("--loops", self.loops, in: 1...256)
        if let maxMessage { try Self.check("--max-message", maxMessage, in: 1...(1 << 30)) }
        if let memberQueue { try Self.check("--member-queue", memberQueue, in: 1...(1 << 40)) }
        guard (self.certificate == nil) == (self.key == nil) else {
            throw HarnessError(
                .badFlag, "--tls-cert and --tls-key belong together", cure: "give both PEM files, or neither")
        }
        var options = ServerOptions()
        options.echo = self.echo
        options.loops = self.loops
        options.certificateFile = self.certificate
        options.keyFile = self.key
        options.maxMessageBytes = self.maxMessage ?? options.maxMessageBytes
        options.memberQueueBytes = self.memberQueue ?? options.memberQueueBytes
        if let path = self.path { options.path = path.hasPrefix("/") ? path : "/" + path }
        if let delay = self.delay {
            guard let nanoseconds = OptionReader.nanoseconds(delay) else {
                throw HarnessError(
                    .badFlag, "--delay \(delay) is not a duration", cure: "for example --delay 20ms")
            }
            options.delay = nanoseconds
        }
        return options
    }

    private static func check(_ flag: String, _ value: Int, in range: ClosedRange<Int>) throws(HarnessError) {
        guard !range.contains(value) else { return }
        throw HarnessError(
            .badFlag, "\(flag) \(value) is not within \(range.lowerBound)…\(range.upperBound)",
            cure: "choose a number in that range")
    }
}
