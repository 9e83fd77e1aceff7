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
    /// Folder in which `baas` keeps what is stored.
    package var data: String?
    /// Published limits that `baas` keeps to: `free`.
    package var limits: String?
    /// Durations such as `300ms`: between two pings, for the answer to one, and for a connection to become one.
    package var pingInterval: String?
    package var pingTimeout: String?
    package var handshakeTimeout: String?
    /// Whether `socketio` has the holes of the server that was published in 2016.
    package var isFaithful2016 = false
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
        try self.checkKind()
        options.dataFolder = self.data
        options.hasFreeLimits = self.limits != nil
        options.isFaithful2016 = self.isFaithful2016
        for (flag, text, place) in [
            ("--delay", self.delay, \ServerOptions.delay), ("--ping-interval", self.pingInterval, \.pingInterval),
            ("--ping-timeout", self.pingTimeout, \.pingTimeout),
            ("--handshake-timeout", self.handshakeTimeout, \.handshakeTimeout),
        ] {
            guard let text else { continue }
            guard let nanoseconds = OptionReader.nanoseconds(text), flag == "--delay" || nanoseconds > 0 else {
                throw HarnessError(.badFlag, "\(flag) \(text) is not a duration", cure: "for example \(flag) 300ms")
            }
            options[keyPath: place] = nanoseconds
        }
        if let path = self.path { options.path = path.hasPrefix("/") ? path : "/" + path }
        return options
    }

    /// Holds flags that only some servers have to those.
    private func checkKind() throws(HarnessError) {
        let isRelay = self.backend.hasPrefix("relay")
        let misplaced: [(flag: String, isGiven: Bool, belongs: Bool, owner: String)] = [
            ("--echo", self.echo, isRelay, "the relays"), ("--delay", self.delay != nil, isRelay, "the relays"),
            ("--loops", self.loops != 1, isRelay, "the relays"),
            ("--data", self.data != nil, self.backend == "baas", "baas"),
            ("--limits", self.limits != nil, self.backend == "baas", "baas"),
            ("--faithful-2016", self.isFaithful2016, self.backend == "socketio", "socketio"),
        ]
        for entry in misplaced where entry.isGiven && !entry.belongs {
            throw HarnessError(
                .badFlag, "\(entry.flag) is for \(entry.owner), not for \(self.backend)", cure: "leave it out")
        }
        if let limits, limits != "free" {
            throw HarnessError(.badFlag, "--limits \(limits) is not free", cure: "give --limits free, or leave it out")
        }
    }

    private static func check(_ flag: String, _ value: Int, in range: ClosedRange<Int>) throws(HarnessError) {
        guard !range.contains(value) else { return }
        throw HarnessError(
            .badFlag, "\(flag) \(value) is not within \(range.lowerBound)…\(range.upperBound)",
            cure: "choose a number in that range")
    }
}
