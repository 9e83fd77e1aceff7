/// What the process tells the shell: one number for each kind of ending.
package enum CommandStatus: Int32, CaseIterable, Sendable {
    /// Every gate held and the instrument was fit.
    case pass = 0
    /// A gate failed, or the backend was lost mid-run.
    case fail = 1
    /// The run proves nothing: the instrument was not fit, samples were missing, fewer agents than asked.
    case invalid = 2
    /// A mistake in a flag (`EX_USAGE`).
    case usage = 64
    /// A mistake in a file (`EX_DATAERR`).
    case badFile = 65
    /// The backend cannot be reached, its port is taken, or it did not start (`EX_UNAVAILABLE`).
    case unavailable = 69
    /// A defect of ours (`EX_SOFTWARE`).
    case internalError = 70
    /// Ended by a signal from the user (128 + SIGINT).
    case interrupted = 130

    /// The order in which one status hides another when several runs end with one number.
    package static let precedence: [CommandStatus] = [
        .interrupted, .internalError, .unavailable, .usage, .badFile, .invalid, .fail, .pass,
    ]

    /// The one status of several runs: the first of ``precedence`` that any of them ended with.
    ///
    /// - Parameter statuses: how each run ended.
    /// - Returns: the status that hides the others; `pass` when there was no run.
    package static func combined(_ statuses: some Sequence<CommandStatus>) -> CommandStatus {
        let all = Set(statuses)
        return Self.precedence.first(where: all.contains) ?? .pass
    }
}
