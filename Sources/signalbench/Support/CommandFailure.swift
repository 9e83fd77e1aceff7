import ArgumentParser
import Foundation
import Harness
import Signaling

/// Runs the command line and turns whatever happens into one exit status and at most two lines of cause and cure.
enum CommandFailure {
    /// Runs a command.
    ///
    /// - Parameter arguments: the words after the program's name.
    /// - Returns: the status to exit with.
    static func status(of arguments: [String]) async -> Int32 {
        do {
            if let mistake = Self.unknownCommand(arguments) { throw mistake }
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

    /// What to say of a word that should be a command; the parser itself suggests flags, and no commands.
    private static func unknownCommand(_ arguments: [String]) -> HarnessError? {
        let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        guard let word = words.first, !word.hasPrefix("-"), word != "help" else { return nil }
        let commands = Signalbench.configuration.subcommands.map { $0.configuration }
        guard !commands.contains(where: { $0.commandName == word }) else { return nil }
        let names = commands.filter { $0.shouldDisplay }.compactMap { $0.commandName }
        return HarnessError(
            .badFlag, "there is no command '\(word)'\(Spelling.hint(for: word, among: names))",
            cure: "see 'signalbench --help'")
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
        return (message + Self.nearestValue(message), "see '\(help ?? "signalbench --help")'")
    }

    /// What a value may have been meant to be.
    ///
    /// - Parameter message: the parser's, `The value 'x' is invalid … Please provide one of 'a', 'b' or 'c'.`
    /// - Returns: what to append to it.
    private static func nearestValue(_ message: String) -> String {
        guard let list = message.firstRange(of: "Please provide one of ") else { return "" }
        func quoted(_ text: Substring) -> [String] {
            text.split(separator: "'", omittingEmptySubsequences: false).enumerated()
                .compactMap { $0.isMultiple(of: 2) ? nil : String($1) }
        }
        guard let word = quoted(message[..<list.lowerBound]).first else { return "" }
        return Spelling.hint(for: word, among: quoted(message[list.upperBound...]))
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
