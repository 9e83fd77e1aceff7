/// How to start the backend under test as a child.
package struct LaunchCommand: Equatable, Sendable {
    /// How the child tells that it takes connections.
    package enum Announcement: Equatable, Sendable {
        /// It prints our ready line on standard output; the line holds its URL and pid.
        case readyLine
        /// It says nothing: it is asked.
        case probe(ReadyCheck)
    }

    /// An absolute path, or a name to look up in `PATH`.
    package var executable: String
    package var arguments: [String]
    /// The command as the profile's reader knows it, for the report.
    package var shown: [String]
    /// The same on one line.
    package var text: String { self.shown.joined(separator: " ") }
    package var announcement: Announcement
    /// Whether a supervisor of ours stands between; its first line of output then gives the child's pid.
    package var isSupervised: Bool

    package init(
        executable: String, arguments: [String], shown: [String]? = nil, announcement: Announcement,
        isSupervised: Bool = false
    ) {
        self.executable = executable
        self.arguments = arguments
        self.shown = shown ?? [executable] + arguments
        self.announcement = announcement
        self.isSupervised = isSupervised
    }

    /// An embedded backend on a free port of loopback.
    ///
    /// The child ends when its standard input does, so that not even the driver's violent end leaves it behind.
    ///
    /// - Parameters:
    ///   - id: a backend with an embedded server.
    ///   - options: flags of `serve` besides host and port.
    ///   - own: the path of this program.
    /// - Returns: a command that announces itself by its ready line.
    package static func embedded(_ id: String, options: [String], own: String) -> LaunchCommand {
        let shown = ["serve", id, "--host", "127.0.0.1", "--port", "0"] + options
        return LaunchCommand(
            executable: own, arguments: shown + ["--until-eof"], shown: ["signalbench"] + shown,
            announcement: .readyLine)
    }

    /// The `launch:` command of a profile; its first word `signalbench` means this program.
    ///
    /// - Parameters:
    ///   - words: the command, not empty.
    ///   - check: how to find out that a foreign server is ready.
    ///   - own: the path of this program.
    /// - Returns: a command that announces itself when it is ours, and is asked when it is not.
    package static func profile(_ words: [String], check: ReadyCheck, own: String) -> LaunchCommand {
        if words.first == "signalbench", words.dropFirst().first == "serve" {
            let rest = Array(words.dropFirst())
            return LaunchCommand(
                executable: own, arguments: rest + ["--until-eof"], shown: words, announcement: .readyLine)
        }
        let command = words.first == "signalbench" ? [own] + words.dropFirst() : words
        return LaunchCommand(
            executable: own, arguments: ["supervise", "--"] + command, shown: words, announcement: .probe(check),
            isSupervised: true)
    }
}
