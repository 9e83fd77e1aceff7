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
