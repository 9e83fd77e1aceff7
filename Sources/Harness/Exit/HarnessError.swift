/// A reason why a command ends without a result: one line of cause, one line of cure.
///
/// Two errors are equal when their codes are; the texts are for people.
package struct HarnessError: Error, Sendable {
    /// The kind of error, which alone decides the exit status.
    package enum Code: String, CaseIterable, Sendable {
        case badFlag, unknownBackend, badURL, unwritableOutput, profileNotFound
        case badProfile, unreadableFile, badResult, notComparable
        case launchFailed, unreachable, portInUse
        case tooFewResources
        /// Parts of a divided run are missing, doubled, or do not belong together.
        case partsUnfit
        /// The run is over and what came of it could not all be written.
        case resultsLost
        case interrupted
        case internalError
    }

    package var code: Code
    /// What is wrong, in one line.
    package var message: String
    /// What to do about it, in one line; empty when there is nothing to do.
    package var cure: String
    /// The error underneath, when there is one.
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cure: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cure = cure
        self.cause = cause
    }

    /// The number that the process ends with.
    package var exitStatus: CommandStatus {
        switch self.code {
        case .badFlag, .unknownBackend, .badURL, .unwritableOutput, .profileNotFound: .usage
        case .badProfile, .unreadableFile, .badResult, .notComparable: .badFile
        case .launchFailed, .unreachable, .portInUse: .unavailable
        case .tooFewResources: .invalid
        case .partsUnfit: .incomplete
        case .resultsLost: .cannotWrite
        case .interrupted: .interrupted
        case .internalError: .internalError
        }
    }
}

extension HarnessError: Equatable {
    package static func == (left: Self, right: Self) -> Bool {
        left.code == right.code
    }
}

extension HarnessError: CustomStringConvertible {
    /// The two lines that standard error shows.
    package var description: String {
        // Diagnostics of a profile and of flags say where and "error:" themselves, line by line.
        let cause = self.message.contains(": error: ") ? self.message : "error: \(self.message)"
        return self.cure.isEmpty ? cause : "\(cause)\ncure: \(self.cure)"
    }
}

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
    /// Files of a finished run could not be written (`EX_CANTCREAT`).
    case cannotWrite = 73
    /// A divided run whose parts are missing, doubled, or do not belong together (`EX_IOERR`).
    case incomplete = 74
    /// Ended by a signal from the user (128 + SIGINT).
    case interrupted = 130

    /// The order in which one status hides another when several runs end with one number.
    package static let precedence: [CommandStatus] = [
        .interrupted, .internalError, .cannotWrite, .unavailable, .usage, .badFile, .incomplete, .invalid, .fail,
        .pass,
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
