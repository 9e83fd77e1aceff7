import ArgumentParser
import Harness

/// `signalbench list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists backends with their options, shipped profiles, profile keys, metrics or conformance cases.",
        discussion: """
            Example:
              signalbench list backends
              signalbench list metrics --format json
            """)

    /// What can be listed.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case backends, profiles, keys, metrics, cases
    }

    @Argument(help: "backends, profiles, keys (of a profile, with their defaults), metrics or cases.")
    var subject: Subject

    @Option(help: ArgumentHelp("How to print it: text or json.", valueName: "format"))
    var format = OutputFormat.text

    func run() throws {
        let listing =
            switch self.subject {
            case .backends: Listing.backends()
            case .profiles: try Listing.profiles(ProfileLocator(executable: OwnExecutable.path()))
            case .keys: Listing.keys()
            case .metrics: Listing.metrics()
            case .cases: Listing.cases()
            }
        switch self.format {
        case .text: print(TextTable(header: listing.header, rows: listing.cells).text)
        case .json where self.subject == .cases: print(try Listing.casesJSON())
        case .json: try JSONOutput.print(listing.rows)
        }
    }
}
