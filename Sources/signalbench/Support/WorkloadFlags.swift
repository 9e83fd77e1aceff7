import ArgumentParser
import Harness
import Workload

/// The flags that stand for keys of the profile.
struct WorkloadFlags: ParsableArguments {
    @Option(help: ArgumentHelp("How many agents connect.", valueName: "n"))
    var agents: String?

    @Option(help: ArgumentHelp("Members of a room.", valueName: "n"))
    var roomSize: String?

    @Option(help: ArgumentHelp("What every random draw is derived from.", valueName: "n"))
    var seed: String?

    @Option(help: ArgumentHelp("How long the steady phase lasts.", valueName: "30s"))
    var duration: String?

    @Option(help: ArgumentHelp("How agents negotiate: seed or perfect.", valueName: "name"))
    var strategy: String?

    @OptionGroup var settings: SettingFlags

    @Option(
        help: ArgumentHelp("A limit that decides over pass and fail; repeat it for more.", valueName: "metric op limit")
    )
    var gate: [String] = []

    /// The flags that stand for keys, then `--set` in the order given, so that the most explicit one wins.
    func overrides() throws(HarnessError) -> [ProfileReader.Override] {
        let named: [(flag: String, path: String, value: String?)] = [
            ("--agents", "agents", self.agents), ("--room-size", "rooms.size", self.roomSize),
            ("--seed", "seed", self.seed), ("--duration", "phases.steady", self.duration),
            ("--strategy", "signaling.strategy", self.strategy),
        ]
        var overrides = named.compactMap { entry in
            entry.value.map { value in
                ProfileReader.Override(
                    path: entry.path, value: value, source: "\(entry.flag) \(value)", isLiteral: true)
            }
        }
        overrides += try self.settings.overrides()
        overrides += self.gate.map { text in
            ProfileReader.Override(path: "gates[]", value: text, source: "--gate '\(text)'", isLiteral: true)
        }
        return overrides
    }
}
