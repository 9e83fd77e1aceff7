import Foundation
import Synchronization

/// A child's output: written to a file as it comes, its last lines kept for messages.
package final class OutputLog: Sendable {
    private struct State: Sendable {
        var file: FileHandle?
        var lines: [String] = []
        var partial: [UInt8] = []
        var firstLine: String?
    }

    private static let keptLines = 20
    private static let keptBytes = 4096

    private let state: Mutex<State>

    /// Opens the log.
    ///
    /// - Parameter path: the file to write, made anew; `nil` keeps the last lines only.
    package init(path: String?) {
        var file: FileHandle?
        if let path, FileManager.default.createFile(atPath: path, contents: nil) {
            file = FileHandle(forWritingAtPath: path)
        }
        self.state = Mutex(State(file: file))
    }

    /// Appends what was read.
    ///
    /// - Parameter bytes: any part of the output, line ends anywhere.
    package func append(_ bytes: [UInt8]) {
        self.state.withLock { state in
            // A full disk must not end the run: the last lines are still in memory.
            try? state.file?.write(contentsOf: Data(bytes))
            for byte in bytes {
                if byte == UInt8(ascii: "\n") {
                    Self.endLine(&state)
                } else if state.partial.count < Self.keptBytes {
                    state.partial.append(byte)
                }
            }
        }
    }

    /// Takes a last line without an end and closes the file.
    package func finish() {
        self.state.withLock { state in
            if !state.partial.isEmpty { Self.endLine(&state) }
            try? state.file?.close()
            state.file = nil
        }
    }

    /// The first line, once it is complete.
    package var firstLine: String? {
        self.state.withLock { $0.firstLine }
    }

    /// The last lines that are not blank, oldest first.
    ///
    /// - Parameter count: at most so many (20 are kept).
    /// - Returns: fewer, when there are fewer.
    package func lastLines(_ count: Int) -> [String] {
        self.state.withLock { state in
            let partial = state.partial.isEmpty ? [] : [String(decoding: state.partial, as: UTF8.self)]
            return (state.lines + partial).suffix(count)
        }
    }

    private static func endLine(_ state: inout State) {
        let line = String(decoding: state.partial, as: UTF8.self)
        state.partial.removeAll(keepingCapacity: true)
        if state.firstLine == nil { state.firstLine = line }
        guard line.contains(where: { !$0.isWhitespace }) else { return }
        state.lines.append(line)
        if state.lines.count > Self.keptLines { state.lines.removeFirst() }
    }
}
