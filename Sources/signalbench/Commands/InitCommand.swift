import ArgumentParser
import Backends
import Harness
import Signaling
import Workload

/// `signalbench init`.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a profile to begin with: every key, its default and its meaning.",
        discussion: """
            Example:
              signalbench init > mine.yaml
              signalbench init mqtt5 > mine.yaml
              signalbench validate mine.yaml && signalbench run mine.yaml
            """)

    @Argument(help: "What it runs against; see 'signalbench list backends'.")
    var backend = Profile().backend.id

    func run() throws {
        guard let descriptor = BackendCatalogue.descriptor(for: self.backend) else {
            let unknown = BackendCatalogue.unknown(self.backend)
            throw HarnessError(
                .badFlag, unknown.message + (unknown.suggestion.map { " (did you mean \($0)?)" } ?? ""),
                cure: "see 'signalbench list backends'")
        }
        print(ProfileDraft(for: descriptor).text, terminator: "")
    }
}
