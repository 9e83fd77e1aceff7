import ArgumentParser
import Harness

/// `signalbench doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Says what this machine can carry, which side runs out first, and how to raise it.",
        discussion: """
            Example:
              signalbench doctor
              signalbench doctor --agents 30000      exit 2 when that many do not fit
            """)

    @Option(help: ArgumentHelp("Exit 2 when this many agents do not fit.", valueName: "n"))
    var agents: Int?

    @Option(help: ArgumentHelp("How to print it: text or json.", valueName: "format"))
    var format = OutputFormat.text

    func run() throws {
        if let agents = self.agents, agents < 1 {
            throw HarnessError(.badFlag, "--agents \(agents) is not a number from 1", cure: "ask for at least 1 agent")
        }
        let facts = MachineFacts.read()
        let report = DoctorReport(facts: facts)
        switch self.format {
        case .text: print(report.text)
        case .json: try JSONOutput.print(report)
        }
        guard let agents = self.agents else { return }
        let capacity = CarryingCapacity(facts: facts, sharesMachine: true, isEmbedded: true)
        if case .refusal(let message, let cure) = Preflight.check(agents: agents, capacity: capacity).first {
            throw HarnessError(.tooFewResources, message, cure: cure)
        }
    }
}
