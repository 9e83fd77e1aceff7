import ArgumentParser
import Harness

/// `signalbench serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs an embedded backend until SIGTERM or Ctrl-C.",
        discussion: """
            Example:
              signalbench serve relay --port 8080
              signalbench serve relay --echo --delay 20ms

            Once it listens it prints one line of JSON on standard output, and nothing else:
              {"ready":true,"backend":"relay","url":"ws://127.0.0.1:8080/","pid":1234}
            """)

    @Argument(help: "A backend with an embedded server; see signalbench list backends.")
    var backend: String

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 0

    @Flag(help: "A sender receives its own room-wide messages, too.")
    var echo = false

    @Option(help: ArgumentHelp("Adds exactly this to every delivery.", valueName: "20ms"))
    var delay: String?

    @Option(help: "The path of the WebSocket.")
    var path: String?

    @Option(help: ArgumentHelp("Event loops.", valueName: "n"))
    var loops = 1

    @Option(help: ArgumentHelp("Bytes of the largest message.", valueName: "bytes"))
    var maxMessage: Int?

    @Option(
        help: ArgumentHelp("Bytes that may wait for a slow member; more disconnect it.", valueName: "bytes")
    )
    var memberQueue: Int?

    @Option(help: ArgumentHelp("Time between two pings; 25s by default.", valueName: "25s"))
    var pingInterval: String?

    @Option(help: ArgumentHelp("Time for the answer to a ping; 20s by default.", valueName: "20s"))
    var pingTimeout: String?

    @Option(
        help: ArgumentHelp("Time for a connection to become one of the protocol; 10s by default.", valueName: "10s"))
    var handshakeTimeout: String?

    @Option(help: ArgumentHelp("Folder in which baas keeps what is stored.", valueName: "dir"))
    var data: String?

    @Option(
        name: .customLong("account"), parsing: .singleValue,
        help: ArgumentHelp("Who may log in at baas; repeatable.", valueName: "name:password"))
    var accounts: [String] = []

    @Option(help: ArgumentHelp("Published limits that baas keeps to: free.", valueName: "plan"))
    var limits: String?

    @Flag(name: .customLong("faithful-2016"), help: .hidden)
    var isFaithful2016 = false

    @Option(name: .customLong("tls-cert"), help: ArgumentHelp("PEM file of the certificate chain.", valueName: "file"))
    var certificate: String?

    @Option(name: .customLong("tls-key"), help: ArgumentHelp("PEM file of the private key.", valueName: "file"))
    var key: String?

    @Flag(name: .customLong("until-eof"), help: .hidden)
    var endsWithInput = false

    func run() async throws {
        var request = ServeRequest(backend: self.backend)
        request.host = self.host
        request.port = self.port
        request.echo = self.echo
        request.delay = self.delay
        request.path = self.path
        request.loops = self.loops
        request.maxMessage = self.maxMessage
        request.memberQueue = self.memberQueue
        request.pingInterval = self.pingInterval
        request.pingTimeout = self.pingTimeout
        request.handshakeTimeout = self.handshakeTimeout
        request.data = self.data
        request.accounts = self.accounts
        request.limits = self.limits
        request.isFaithful2016 = self.isFaithful2016
        request.certificate = self.certificate
        request.key = self.key
        request.endsWithInput = self.endsWithInput
        try await ServeController.run(request) { print($0) }
    }
}

/// `signalbench supervise`: what a run puts between itself and a foreign server; not for people.
struct SuperviseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise",
        abstract: "Runs a server and ends it when standard input ends.",
        discussion: """
            Example:
              signalbench supervise -- mosquitto -p 1883
            """,
        shouldDisplay: false)

    @Argument(parsing: .postTerminator, help: "The server and its arguments, after --.")
    var command: [String] = []

    func run() async throws {
        guard !self.command.isEmpty else {
            throw HarnessError(.badFlag, "there is no command to run", cure: "signalbench supervise -- COMMAND")
        }
        throw ExitCode(await Supervisor.run(self.command))
    }
}
