import ArgumentParser
import Harness

/// `signalbench calibrate`.
struct CalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Measures what this machine takes without a backend.",
        discussion: """
            Example:
              signalbench calibrate
              signalbench calibrate broadcast-100

            The load of a profile in small, for a few seconds, against a relay on a thread of this
            process. A figure of a run that is less than three times its floor is partly the
            instrument's. Runs of 30 s and more measure it by themselves.
            """)

    @Argument(help: "A profile's path, or the name of a shipped one.")
    var profile: String?

    @OptionGroup var workload: WorkloadFlags

    @Option(help: ArgumentHelp("What standard output gets: text, or json.", valueName: "format"))
    var format = OutputFormat.text

    func run() async throws {
        let calibration = Calibration(
            profile: self.profile, overrides: try self.workload.overrides(), own: try OwnExecutable.path())
        let floor = try await calibration.measure()
        switch self.format {
        case .text: print(floor.text)
        case .json: print(try floor.json())
        }
    }
}
