import ArgumentParser
import Foundation
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

/// The command line as it was typed.
enum CommandText {
    /// The words, the program's path shortened to its name.
    static var words: [String] {
        ["signalbench"] + CommandLine.arguments.dropFirst()
    }
}

/// Machine-readable output.
enum JSONOutput {
    /// Prints a value as indented JSON with sorted keys.
    ///
    /// - Parameter value: what to print.
    /// - Throws: `HarnessError` (internal error) when it cannot be encoded.
    static func print(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
        } catch {
            throw HarnessError(.internalError, "cannot encode the result: \(error)", cure: "", cause: error)
        }
    }
}

/// How a result is written to standard output.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// For people.
    case text
    /// For programs.
    case json
}

/// A table of left-aligned columns.
struct TextTable {
    private let rows: [[String]]

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - header: the titles, one for each column.
    ///   - rows: as many cells as there are titles.
    init(header: [String], rows: [[String]]) {
        self.rows = [header] + rows
    }

    /// The lines, the last column unpadded.
    var text: String {
        var widths: [Int] = []
        for row in self.rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return self.rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
