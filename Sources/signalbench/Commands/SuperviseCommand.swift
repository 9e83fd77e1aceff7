import ArgumentParser
import Harness

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
