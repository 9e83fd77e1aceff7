import ArgumentParser
import Harness
import Workload

/// `signalbench validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Lists every mistake in profiles at once, with file, line and column.",
        discussion: """
            Example:
              signalbench validate mine.yaml Profiles/*.yaml
            """)

    @Argument(help: "Profiles: paths, or names of shipped ones.")
    var profiles: [String]

    @Flag(help: "Say nothing about profiles without mistakes.")
    var quiet = false

    func run() throws {
        let locator = ProfileLocator(executable: try OwnExecutable.path())
        var mistakes = 0
        for profile in self.profiles {
            switch ProfileLoader.read(path: try locator.locate(profile)) {
            case .success:
                if !self.quiet { print("\(profile): no mistakes") }
            case .failure(let error):
                print(error)
                mistakes += error.diagnostics.count
            }
        }
        if mistakes > 0 { throw ExitCode(CommandStatus.badFile.rawValue) }
    }
}
