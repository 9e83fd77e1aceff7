import ArgumentParser
import Harness

/// Runs the command line and turns whatever happens into one exit status and at most two lines of cause and cure.
enum CommandFailure {
    /// Runs a command.
    ///
    /// - Parameter arguments: the words after the program's name.
    /// - Returns: the status to exit with.
    static func status(of arguments: [String]) async -> Int32 {
        do {
            var command = try await Signalbench.asyncParseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return CommandStatus.pass.rawValue
        } catch {
            return Self.report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        if let error = error as? HarnessError {
            StandardError.write("\(error)\n")
            return error.exitStatus.rawValue
        }
        let code = Signalbench.exitCode(for: error)
        switch code {
        case .success:
            print(Signalbench.fullMessage(for: error))
            return CommandStatus.pass.rawValue
        case .validationFailure:
            let (message, cure) = Self.flagMistake(error)
            StandardError.write("\(HarnessError(.badFlag, message, cure: cure))\n")
            return CommandStatus.usage.rawValue
        default:
            if error is ExitCode { return code.rawValue }
            let failure = HarnessError(
                .internalError, "internal error: \(error)", cure: "please report this with the command", cause: error)
            StandardError.write("\(failure)\n")
            return failure.exitStatus.rawValue
        }
    }

    /// One line of cause out of the parser's message, and where to look the flags up.
    private static func flagMistake(_ error: any Error) -> (message: String, cure: String) {
        let lines = Signalbench.message(for: error).split(separator: "\n").map { line in
            String(line.trimmingPrefix(while: { $0 == " " }))
        }
        let message = lines.isEmpty ? "the command line cannot be read" : lines.joined(separator: " ")
        let help = Signalbench.fullMessage(for: error).split(separator: "\n").lazy.compactMap { line -> Substring? in
            guard let start = line.firstRange(of: "See '"), let end = line.lastIndex(of: "'") else { return nil }
            return start.upperBound < end ? line[start.upperBound..<end] : nil
        }.first
        return (message, "see '\(help ?? "signalbench --help")'")
    }
}
